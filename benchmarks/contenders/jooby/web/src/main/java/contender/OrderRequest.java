package contender;

import java.util.List;

record OrderRequest(String customer, String email, int quantity, List<String> items) {

    boolean valid() {
        return customer != null
                && !customer.isBlank()
                && customer.length() <= 100
                && email != null
                && email.contains("@")
                && quantity >= 1
                && quantity <= 100
                && items != null
                && items.size() >= 1
                && items.size() <= 20;
    }
}
