using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Filters, sorting and pages of lists. Case 63.</summary>
public sealed class ListTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 63
    public async Task Applications_are_found_by_a_part_of_their_name_in_any_case()
    {
        var customer = await CustomerAsync();
        string mark = Guid.NewGuid().ToString("N")[..12];
        string[] ids = [await ApplicationAsync(customer, $"Alpha {mark}"),
            await ApplicationAsync(customer, $"Beta {mark.ToUpperInvariant()}")];
        await ApplicationAsync(customer, $"Gamma {Guid.NewGuid():N}");

        var found = await ListAsync(customer, $"call_control_applications?filter[application_name][contains]={mark}");
        Assert.Equal(ids.Order(StringComparer.Ordinal), found.Data.AsArray().Select(a => (string)a!["id"]!).Order(StringComparer.Ordinal));
        Assert.Equal(2, (int)found.Meta["total_results"]!);
        // As SDKs write it: brackets percent-encoded.
        Assert.Equal(2, (await ListAsync(customer, $"call_control_applications?filter%5Bapplication_name%5D%5Bcontains%5D={mark}")).Data
            .AsArray().Count);
        Assert.Empty((await ListAsync(customer, "call_control_applications?filter[application_name][contains]=nobody-has-this")).Data
            .AsArray());
    }

    [Fact] // case 63
    public async Task A_minus_reverses_the_order()
    {
        var customer = await CustomerAsync();
        string mark = Guid.NewGuid().ToString("N")[..12];
        var ids = new List<string>();
        foreach (string name in new[] { "c", "a", "b" }) ids.Add(await ApplicationAsync(customer, $"{mark} {name}"));

        string path = $"call_control_applications?filter[application_name][contains]={mark}";
        Assert.Equal(ids, Ids(await ListAsync(customer, path + "&sort=created_at")));
        Assert.Equal(ids.AsEnumerable().Reverse(), Ids(await ListAsync(customer, path + "&sort=-created_at")));
        Assert.Equal([ids[1], ids[2], ids[0]], Ids(await ListAsync(customer, path + "&sort=connection_name")));
        Assert.Equal([ids[0], ids[2], ids[1]], Ids(await ListAsync(customer, path + "&sort=-connection_name")));
    }

    [Theory] // case 63
    [InlineData("call_control_applications?filter[colour]=red", "10031")]
    [InlineData("call_control_applications?filter[application_name][sounds_like]=red", "10031")]
    [InlineData("phone_numbers?filter[colour][eq]=red", "10031")]
    [InlineData("webhook_deliveries?filter[colour]=red", "10031")]
    [InlineData("outbound_voice_profiles?filter[colour]=red", "10031")]
    public async Task An_unknown_filter_is_refused(string path, string code)
    {
        var customer = await CustomerAsync();
        var answer = await customer.GetAsync(path);
        answer.Refuses(400, code);
        Assert.StartsWith("filter[", answer.Parameter, StringComparison.Ordinal);
    }

    [Fact] // case 63
    public async Task Numbers_are_found_by_number_connection_tag_and_status()
    {
        var customer = await CustomerAsync();
        string tag = Guid.NewGuid().ToString("N");
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["tags"] = new JsonArray(tag), ["customer_reference"] = tag });

        foreach (string filter in new[]
        {
            $"filter[phone_number]={customer.Number[1..]}", $"filter[phone_number]={Uri.EscapeDataString(customer.Number)}",
            $"filter[connection_id]={customer.Application}", $"filter[tag]={tag}", $"filter[customer_reference]={tag}",
            $"filter[connection_id]={customer.Application}&filter[status]=active",
        })
        {
            var found = await ListAsync(customer, "phone_numbers?" + filter);
            Assert.Equal(customer.Number, (string?)Assert.Single(found.Data.AsArray())!["phone_number"]);
            Assert.Equal(1, (int)found.Meta["total_results"]!);
        }
        Assert.Empty((await ListAsync(customer, $"phone_numbers?filter[connection_id]={customer.Application}&filter[status]=deleted")).Data
            .AsArray());
    }

    [Fact] // case 63
    public async Task Deliveries_are_found_by_time_type_and_status()
    {
        var customer = await CustomerAsync();
        NewPhone().Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "reject", new() { ["cause"] = "USER_BUSY" });
        await customer.NextAsync("call.hangup");
        string token = customer.Events.First().Call, path = $"webhook_deliveries?filter[webhook][contains]={token}";
        await Eventually.SomeAsync<object>(
            async () => (await ListAsync(customer, path + "&filter[status][eq]=delivered")).Data.AsArray().Count == 2 ? path : null,
            "both deliveries are logged");

        Assert.Equal("call.hangup", (string?)Assert.Single((await ListAsync(customer, path + "&filter[event_type]=call.hangup")).Data
            .AsArray())!["webhook"]!["event_type"]);
        Assert.Equal(2, (await ListAsync(customer, path + "&filter[status][eq]=delivered")).Data.AsArray().Count);
        Assert.Empty((await ListAsync(customer, path + "&filter[status][eq]=failed")).Data.AsArray());
        Assert.Equal(2, (await ListAsync(customer, path + "&filter[started_at][gte]=2020-01-01T00:00:00Z")).Data.AsArray().Count);
        Assert.Empty((await ListAsync(customer, path + "&filter[started_at][gte]=2099-01-01T00:00:00Z")).Data.AsArray());
        Assert.Empty((await ListAsync(customer, path + "&filter[finished_at][lte]=2020-01-01T00:00:00Z")).Data.AsArray());
        (await customer.GetAsync(path + "&filter[started_at][gte]=yesterdayish")).Refuses(400, "10031");
    }

    [Fact]
    public async Task Pages_give_each_number_once()
    {
        var customer = await CustomerAsync();
        var first = await ListAsync(customer, "phone_numbers?page[size]=100&page[number]=1");
        int total = (int)first.Meta["total_results"]!, pages = (int)first.Meta["total_pages"]!;
        Assert.Equal((total + 99) / 100, pages);
        var seen = new List<string>();
        for (int page = 1; page <= pages; page++)
            seen.AddRange((await ListAsync(customer, $"phone_numbers?page[size]=100&page[number]={page}")).Data.AsArray()
                .Select(n => (string)n!["phone_number"]!));
        Assert.Equal(total, seen.Distinct().Count());
        Assert.Equal(total, seen.Count);
        Assert.Empty((await ListAsync(customer, $"phone_numbers?page[size]=100&page[number]={pages + 1}")).Data.AsArray());
        foreach (string page in new[] { "page[size]=251", "page[size]=0", "page[number]=0" })
            (await customer.GetAsync("phone_numbers?" + page)).Refuses(422, "10015");
    }

    private static async Task<string> ApplicationAsync(Customer customer, string name) =>
        (string)(await customer.SendAsync(HttpMethod.Post, "call_control_applications",
            new() { ["application_name"] = name, ["webhook_event_url"] = customer.Sink.Root + "hooks" }))["id"]!;

    private static async Task<Answer> ListAsync(Customer customer, string path) => (await customer.GetAsync(path)).Succeeds();

    private static IEnumerable<string> Ids(Answer answer) => answer.Data.AsArray().Select(a => (string)a!["id"]!);
}
