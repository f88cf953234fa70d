using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>Numbers that nobody has yet: found, kept and ordered.</summary>
internal static class OrderRows
{
    private const string Code = "415", BlockCode = "628";
    private const int BlockSize = 10;
    private static int _numbers, _blocks;

    /// <summary>A create shows what was asked for before it is decided; a moment later it is.</summary>
    private static readonly string[] Decided = ["status", "phone_numbers"];

    /// <summary>Nothing here asks for values of requirements, so an update that succeeds brings none.</summary>
    private const string NoValues = """{"regulatory_requirements": null}""";

    public static readonly Area Area = new(
    [
        new("ListAvailablePhoneNumbers") { Query = "filter[national_destination_code]=$stocked_code" },
        new("ListAvailablePhoneNumberBlocks") { Query = "filter[national_destination_code]=$stocked_code" },
        new("retreiveCountryCoverage"),
        new("retreiveSpecificCountryCoverage") { Path = ["$stocked_country"], IsEverybodys = true },
        new("CreateInventoryCoverage") { Query = "filter[npa]=$stocked_code" },
        new("PostNumbersFeatures", """{"phone_numbers": ["$found_number"]}"""),
        new("CreateNumberReservation", """{"phone_numbers": [{"phone_number": "$found_number"}]}""")
        {
            Unlike = Decided,
            Filters = new Dictionary<string, string> { ["phone_numbers.phone_number"] = "phone_numbers.0.phone_number" },
        },
        new("ExtendNumberReservationExpiryTime") { Path = ["$CreateNumberReservation"] },
        new("CreateNumberOrder", """{"phone_numbers": [{"phone_number": "$found_number"}]}""")
        {
            Full = """
                {"billing_group_id": "$CreateBillingGroup", "connection_id": "$CreateCallControlApplication",
                 "messaging_profile_id": "$CreateMessagingProfile"}
                """,
            FullUpdate = NoValues,
            Unlike = Decided,
        },
        new("ListSubNumberOrders") { Thing = "$sub_order", FullUpdate = NoValues },
        new("CancelSubNumberOrder") { Path = ["$waiting_sub_order"] },
        new("RetrieveOrderPhoneNumbers") { Thing = "$ordered_number", FullUpdate = NoValues },
        new("CreateNumberBlockOrder", """{"starting_number": "$found_block", "range": 10}""")
        {
            Full = """{"connection_id": "$CreateCallControlApplication", "messaging_profile_id": "$CreateMessagingProfile"}""",
            Filters = new Dictionary<string, string> { ["phone_numbers.starting_number"] = "starting_number" },
            Unlike = Decided,
        },
        new("CreatePhoneNumberBlockDeletionJob", """{"phone_number_block_id": "$CreateNumberBlockOrder"}""") { IsAlone = true },
        new("ListPhoneNumberBlocksJobs") { Thing = "$block_job" },
        // A job makes the file in between.
        new("CreateSubNumberOrdersReport", """{"created_at_gt": "$past"}""")
        {
            Full = """{"created_at_lt": "$later"}""", Unlike = ["status"],
        },
        new("DownloadSubNumberOrdersReport") { Path = ["$made_report"] },
        new("CreateComment",
            """{"body": "$unique", "comment_record_type": "sub_number_order", "comment_record_id": "$sub_order"}"""),
        new("MarkCommentRead") { Path = ["$CreateComment"] },
        new("VerifyPhoneNumberOwnership", """{"phone_numbers": ["$number"]}"""),
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // An area code with a number in the stock.
            ["stocked_code"] = async words =>
            {
                await words.FillAsync("$found_number");
                return Code;
            },
            ["stocked_country"] = async words =>
            {
                await words.FillAsync("$found_number");
                return "US";
            },
            // A number of the stock that the account has found, and nothing else uses.
            ["found_number"] = words => FoundAsync(words, isOnRequest: false),
            ["found_block"] = async words =>
            {
                int first = 5_550_000 + BlockSize * Interlocked.Increment(ref _blocks);
                await ImportAsync(words, new JsonObject
                {
                    ["first"] = $"+1{BlockCode}{first}", ["last"] = $"+1{BlockCode}{first + BlockSize - 1}", ["block_size"] = BlockSize,
                });
                await FindAsync(words, "available_phone_number_blocks", $"filter[national_destination_code]={BlockCode}");
                return $"+1{BlockCode}{first}";
            },
            ["block_job"] = async words =>
            {
                string id = await words.MakeAsync("CreatePhoneNumberBlockDeletionJob", "{}");
                return await Eventually.SomeAsync(async () => (string?)(await words.Node.Owner.SendAsync("GET",
                    $"/v2/phone_number_blocks/jobs/{id}")).Data?["status"] is "completed" ? id : null, "the block is given back");
            },
            // A part of an order, and one of its numbers.
            ["sub_order"] = async words => (string)(await OrderAsync(words))["sub_number_orders_ids"]![0]!,
            // One whose number waits for the operator.
            ["waiting_sub_order"] = async words =>
            {
                string number = await FoundAsync(words, isOnRequest: true);
                return (string)(await OrderAsync(words, $$"""{"phone_numbers": [{"phone_number": "{{number}}"}]}"""))
                    ["sub_number_orders_ids"]![0]!;
            },
            ["made_report"] = async words =>
            {
                string id = await words.MakeAsync("CreateSubNumberOrdersReport", "{}");
                return await Eventually.SomeAsync(async () => (string?)(await words.Node.Owner.SendAsync("GET",
                    $"/v2/sub_number_orders_report/{id}")).Data?["status"] is "success" ? id : null, "the report");
            },
            ["ordered_number"] = async words => (string)(await OrderAsync(words))["phone_numbers"]![0]!["id"]!,
        },
    };

    private static async Task<string> FoundAsync(Words words, bool isOnRequest)
    {
        string digits = string.Create(CultureInfo.InvariantCulture, $"{5_550_000 + Interlocked.Increment(ref _numbers):D7}");
        await ImportAsync(words, new JsonObject { ["phone_number"] = $"+1{Code}{digits}", ["on_request"] = isOnRequest });
        await FindAsync(words, "available_phone_numbers",
            $"filter[national_destination_code]={Code}&filter[phone_number][ends_with]={digits}");
        return $"+1{Code}{digits}";
    }

    private static async Task ImportAsync(Words words, JsonObject line) =>
        await words.Node.Commands.SendAsync(HttpMethod.Post, "operator/v1/stock/actions/import",
            new JsonObject { ["numbers"] = new JsonArray(line) }, TestContext.Current.CancellationToken);

    private static async Task FindAsync(Words words, string collection, string query)
    {
        var found = await words.Node.Owner.SendAsync("GET", $"/v2/{collection}?{query}");
        Assert.True(found.Status == 200 && found.Data is JsonArray { Count: > 0 }, found.ToString());
    }

    private static async Task<JsonNode> OrderAsync(Words words, string over = """{"customer_reference": "reference"}""")
    {
        string id = await words.MakeAsync("CreateNumberOrder", over);
        var order = await words.Node.Owner.SendAsync("GET", $"/v2/number_orders/{id}");
        Assert.Equal(200, order.Status);
        return order.Data!;
    }
}
