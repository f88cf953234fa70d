using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Numbers of the account and how they take calls.</summary>
internal static class NumberRows
{
    public static readonly Area Area = new(
    [
        new("ListPhoneNumbers")
        {
            Thing = "$used_number",
            Filters = new Dictionary<string, string> { ["number_type"] = "phone_number_type", ["tag"] = "tags", ["voice.connection_name"] = "connection_name", ["voice.usage_payment_method"] = "=pay-per-minute", ["without_tags"] = "=false" },
            Unmatched = ["billing_group_id", "country_iso_alpha2", "emergency_address_id", "source"],
            FullUpdate = """{"billing_group_id": "$CreateBillingGroup", "connection_id": "$CreateCallControlApplication", "external_pin": "1234", "tags": ["$unique"]}""",
        },
        new("ListPhoneNumbersWithVoiceSettings")
        {
            Thing = "$used_number",
            Filters = new Dictionary<string, string> { ["connection_name"] = "=numbered", ["voice.usage_payment_method"] = "usage_payment_method" },
        },
        new("GetPhoneNumberVoiceSettings") { Path = ["$used_number"] },
        new("UpdatePhoneNumberVoiceSettings") { Path = ["$used_number"], Full = """{"call_forwarding": {"forwards_to": "$stranger"}, "translated_number": "$stranger2"}""" },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // The id of an own number with a connection, tags and a reference.
            ["used_number"] = async words =>
            {
                string number = words.Node.NextNumber(), application = await words.Node.KeepAsync("numbered", () => words.MakeAsync("CreateCallControlApplication", """{"application_name": "numbered"}"""));
                var changed = await words.Node.Owner.SendAsync("PATCH", $"/v2/phone_numbers/{Uri.EscapeDataString(number)}",
                    Ask.Json(new JsonObject { ["connection_id"] = application, ["tags"] = new JsonArray("tagged"), ["customer_reference"] = "reference" }));
                Assert.Equal(200, changed.Status);
                return (string)changed.Data!["id"]!;
            },
        },
    };
}
