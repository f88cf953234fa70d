using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>Numbers of the account and how they take calls.</summary>
internal static partial class NumberRows
{
    private const string TheCode = "The code is", EuroZone = "1653e6a1-4bfd-4857-97c6-6a51e1c34477";
    private static int _provable;

    public static readonly Area Area = new(
    [
        new("ListPhoneNumbers")
        {
            Thing = "$used_number",
            Filters = new Dictionary<string, string>
            {
                ["number_type"] = "phone_number_type", ["tag"] = "tags", ["voice.connection_name"] = "connection_name",
                ["voice.usage_payment_method"] = "=pay-per-minute", ["without_tags"] = "=false"
            },
            Unmatched = ["billing_group_id", "country_iso_alpha2", "emergency_address_id", "source"],
            FullUpdate = """{"billing_group_id": "$CreateBillingGroup", "connection_id": "$CreateCallControlApplication", "external_pin": "1234", "tags": ["$unique"]}""",
        },
        new("ListPhoneNumbersWithVoiceSettings")
        {
            Thing = "$used_number",
            Filters = new Dictionary<string, string>
            {
                ["connection_name"] = "=numbered", ["voice.usage_payment_method"] = "usage_payment_method"
            },
        },
        new("SlimListPhoneNumbers")
        {
            Thing = "$used_number", Query = "include_tags=true&include_connection=true",
            Filters = new Dictionary<string, string>
            {
                ["number_type"] = "phone_number_type", ["tag"] = "tags", ["voice.connection_name"] = "connection_name",
                ["voice.usage_payment_method"] = "=pay-per-minute",
            },
            Unmatched = ["billing_group_id", "country_iso_alpha2", "emergency_address_id", "source"],
        },
        // A job makes the file in between.
        new("CreateCsvDownload") { IsAlone = true, Unlike = ["status"] },
        new("ListCsvDownloads") { Thing = "$csv_download" },
        // A job does it in between.
        new("CreateUpdatePhoneNumbersJob", """{"phone_numbers": ["$number"], "customer_reference": "many"}""")
        {
            Full = """
                {"connection_id": "$CreateCallControlApplication", "billing_group_id": "$CreateBillingGroup",
                 "voice": {"call_forwarding": {"forwards_to": "$stranger"}, "translated_number": "$stranger2"} }
                """,
            IsAlone = true, Unlike = ["phone_numbers"],
        },
        new("CreateDeletePhoneNumbersJob", """{"phone_numbers": ["$number"]}""") { IsAlone = true, Unlike = ["phone_numbers"] },
        new("ListPhoneNumbersJobs") { Thing = "$numbers_job" },
        new("GetPhoneNumberVoiceSettings") { Path = ["$used_number"] },
        new("GetVoicemail") { Path = ["$voicemail_number"] },
        new("CreateVoicemail", """{"enabled": true, "pin": "1234"}""") { Path = ["$used_number"] },
        new("UpdateVoicemail", """{"enabled": false, "pin": "654321"}""") { Path = ["$voicemail_number"] },
        // Who may show a number: by a call that tells a code, or by the operator's word, which needs none.
        new("ListVerifiedNumbers") { Thing = "$proved", Id = "phone_number" },
        new("CreateVerifiedNumber", """{"phone_number": "$provable", "verification_method": "call"}""")
        {
            // so that no later request takes it for its own
            IsAlone = true, Then = (words, _, _) => words.Node.Sink.NextSpokenAsync(TheCode),
        },
        new("VerifyVerificationCode", """{"verification_code": "$told_code"}""") { Path = ["$asked"] },
        // Zones are the node's, and the same for every account; each has channels of its own in them.
        new("ListInboundChannels"),
        new("UpdateOutboundChannels", """{"channels": 5}"""),
        new("GetChannelZones") { IsAlone = true },
        new("PatchChannelZone", """{"channels": 5}""") { Path = [EuroZone], IsEverybodys = true },
        new("GetAllNumbersChannelZones") { IsAlone = true },
        new("GetNumbersChannelZones") { Path = [EuroZone], IsEverybodys = true },
        new("UpdatePhoneNumberVoiceSettings")
        {
            Path = ["$used_number"], Full = """{"call_forwarding": {"forwards_to": "$stranger"}, "translated_number": "$stranger2"}"""
        },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["carrier_trunk"] = words => words.Node.KeepAsync("trunk of who proves", async () =>
                (string)(await words.Node.Commands.SendAsync(HttpMethod.Post, "operator/v1/trunks",
                    new JsonObject { ["name"] = "proofs", ["host"] = "127.0.0.1", ["port"] = words.Node.Carrier.Port },
                    TestContext.Current.CancellationToken))["data"]!["id"]!),
            ["provable"] = async words =>
            {
                await words.Node.KeepAsync("way to who proves", async () =>
                    (string)(await words.Node.Commands.SendAsync(HttpMethod.Post, "operator/v1/routes",
                        new JsonObject { ["trunk_id"] = await words.FillAsync("$carrier_trunk"), ["prefix"] = "+1646" },
                        TestContext.Current.CancellationToken))["data"]!["id"]!);
                return string.Create(CultureInfo.InvariantCulture, $"+1646555{Interlocked.Increment(ref _provable):D4}");
            },
            ["proved"] = async words =>
            {
                string number = await words.FillAsync("$provable");
                await words.Node.Commands.SendAsync(HttpMethod.Post, "operator/v1/verified_numbers",
                    new JsonObject { ["account"] = "default", ["phone_number"] = number }, TestContext.Current.CancellationToken);
                return number;
            },
            // A number that was called, and the code that the call told: the far end picks up, and the node asks
            // the customer's web server for its voice.
            ["asked"] = async words =>
            {
                string number = await words.FillAsync("$provable");
                words.Node.Sink.ForgetSpoken();
                var asked = await words.Node.Owner.SendAsync("POST", "/v2/verified_numbers",
                    Ask.Json(new JsonObject { ["phone_number"] = number, ["verification_method"] = "call" }));
                Assert.True(asked.Status == 200, asked.ToString());
                return number;
            },
            ["told_code"] = async words =>
            {
                await words.FillAsync("$asked");
                return string.Concat(CodePattern().Match(await words.Node.Sink.NextSpokenAsync(TheCode)).Value.Where(char.IsAsciiDigit));
            },
            ["numbers_job"] = async words =>
            {
                string id = await words.MakeAsync("CreateUpdatePhoneNumbersJob", """{"customer_reference": "many"}""");
                return await Eventually.SomeAsync(async () => (string?)(await words.Node.Owner.GetAsync($"/v2/phone_numbers/jobs/{id}"))
                    .Data?["status"] is "completed" ? id : null, "the numbers are changed");
            },
            ["csv_download"] = async words =>
            {
                var made = await words.Node.Owner.SendAsync("POST", "/v2/phone_numbers/csv_downloads");
                Assert.True(made.Status == 200, made.ToString());
                return (string)made.Data![0]!["id"]!;
            },
            // The id of an own number with voicemail.
            ["voicemail_number"] = async words =>
            {
                string number = await words.FillAsync("$used_number");
                var made = await words.Node.Owner.SendAsync("POST", $"/v2/phone_numbers/{number}/voicemail",
                    Ask.Json(new JsonObject { ["enabled"] = true, ["pin"] = "4321" }));
                Assert.Equal(200, made.Status);
                return number;
            },
            // The id of a message in the mailbox of $voicemail_number.
            ["voice_message"] = async words =>
            {
                var number = await words.Node.Owner.GetAsync($"/v2/phone_numbers/{await words.FillAsync("$voicemail_number")}");
                return await words.Node.LeaveMessageAsync((string)number.Data!["phone_number"]!);
            },
            // The id of an own number with a connection, tags and a reference.
            ["used_number"] = async words =>
            {
                string number = words.Node.NextNumber(), application = await words.Node.KeepAsync("numbered",
                    () => words.MakeAsync("CreateCallControlApplication", """{"application_name": "numbered"}"""));
                var changed = await words.Node.Owner.SendAsync("PATCH", $"/v2/phone_numbers/{Uri.EscapeDataString(number)}",
                    Ask.Json(new JsonObject
                    {
                        ["connection_id"] = application, ["tags"] = new JsonArray("tagged"), ["customer_reference"] = "reference"
                    }));
                Assert.Equal(200, changed.Status);
                return (string)changed.Data!["id"]!;
            },
        },
    };

    [GeneratedRegex(@"(?<=The code is )[0-9, ]+")]
    private static partial Regex CodePattern();
}
