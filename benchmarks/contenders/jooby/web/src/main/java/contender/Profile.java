package contender;

record Profile(
        int id,
        String name,
        String email,
        boolean active,
        double score,
        int visits,
        String city,
        String country,
        String created,
        String note) {}
