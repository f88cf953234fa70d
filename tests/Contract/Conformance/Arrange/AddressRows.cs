namespace Ringwright.Contract.Conformance;

/// <summary>Addresses of the account and of its users, and what is known of a number.</summary>
internal static class AddressRows
{
    private const string Place =
        """ "street_address": "1 Main Street", "locality": "Austin", "administrative_area": "TX", "postal_code": "78701", "country_code": "US" """;
    private const string Address = """{"first_name": "Ada", "last_name": "Doe", "business_name": "Acme",""" + Place + "}";

    public static readonly Area Area = new(
    [
        new("CreateAddress", Address)
        {
            Full = """{"validate_address": true}""",
            Filters = new Dictionary<string, string> { ["used_as_emergency"] = "=false" },
        },
        new("ValidateAddress", "{" + Place + "}"),
        new("acceptAddressSuggestions") { Path = ["$CreateAddress"], Full = """{"id": "$CreateAddress"}""", Unlike = ["id"] },
        new("CreateUserAddress", Address) { Full = """{"skip_address_verification": "false"}""" },
        new("LookupNumber") { Path = ["$number"], Query = "type=carrier", IsEverybodys = true },
    ]);
}
