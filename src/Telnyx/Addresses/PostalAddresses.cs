using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Addresses;

/// <summary>
/// Where an account and its users are: nine operations in two kinds that are alike. An address is checked for its form when it comes in,
/// unless the request says otherwise.
/// </summary>
internal static class PostalAddresses
{
    public const string RecordType = "address";
    private const int LongestText = 255;
    private static readonly string[] Texts =
    [
        "first_name", "last_name", "business_name", "phone_number", "street_address", "extended_address", "locality", "administrative_area",
        "neighborhood", "borough", "postal_code", "country_code", "customer_reference",
    ];

    /// <summary>An account's own.</summary>
    public static readonly ResourceKind Kind = new(RecordType)
    {
        Ids = IdStyle.Snowflake19,
        // No number has emergency service yet, so no address is used for it.
        Defaults = new() { ["used_as_emergency"] = false },
        Validate = (_, body, _) => new(Check(body, isChecked: body.Flag("validate_address", fallback: true))),
    };

    /// <summary>Of an account's users.</summary>
    public static readonly ResourceKind OfUsers = new("user_address")
    {
        Validate = (_, body, _) => new(Check(body, isChecked: body.Text("skip_address_verification") is not "true")),
    };

    /// <summary>What is wrong with an address, and how it would be written.</summary>
    public static Reply Validate(OperationContext op)
    {
        var address = op.ReadObject();
        var faults = AddressForm.FaultsOf(address);
        var result = new JsonObject
        {
            ["record_type"] = "address_validation",
            ["result"] = faults.Count == 0 ? "valid" : "invalid",
            ["suggested"] = AddressForm.Suggested(address),
        };
        if (faults.Count > 0)
            result["errors"] = new JsonArray([.. faults.Select(fault => (JsonNode)new JsonObject
            {
                ["code"] = fault.Code,
                ["title"] = op.Dialect.Errors.Find(fault.Code)?.Title ?? fault.Detail,
                ["detail"] = fault.Detail,
                ["source"] = new JsonObject { ["pointer"] = "/" + fault.Field },
            })]);
        return op.Ok(result);
    }

    private static Problem? Check(JsonObject body, bool isChecked)
    {
        foreach (string field in Texts)
            if (body.Text(field) is { Length: > LongestText })
                return new(VoiceErrors.BadLength, $"{field} may have {LongestText} characters.") { Pointer = "/" + field };
        bool isNamed = Has("first_name") && Has("last_name");
        if (!isNamed && !Has("business_name"))
            return new(VoiceErrors.BadRequest, "An address needs a first and a last name, or the name of a business.")
            {
                Pointer = "/business_name"
            };
        if (!isChecked || AddressForm.FaultsOf(body) is not [var fault, ..]) return null;
        return new(fault.Code, fault.Detail) { Pointer = "/" + fault.Field };

        bool Has(string field) => !string.IsNullOrWhiteSpace(body.Text(field));
    }
}
