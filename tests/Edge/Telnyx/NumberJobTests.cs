using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Telnyx.Numbers;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Changes of many numbers, and their return, as jobs.</summary>
public sealed class NumberJobTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Jobs = "/v2/phone_numbers/jobs", Blocks = "/v2/phone_number_blocks/jobs";
    private static long _counter = 2000000000000009000;
    private static int _codes = 930;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(string Id, string Text)> NumberAsync(bool isStrangers = false)
    {
        long id = Interlocked.Increment(ref _counter);
        string text = $"+1555027{id % 10_000:0000}";
        await host.Store.Numbers.ImportAsync(
            [Imported.Number(new(text, isStrangers ? host.Stranger : host.Tenant, null), id, host.Time.GetUtcNow())], Stop);
        return ($"{id}", text);
    }

    private Task<Answer> AskAsync(string type, JsonObject body, string query = "") =>
        host.SendAsync("POST", $"{Jobs}/{type}{query}", body.ToJsonString());

    private async Task<JsonObject> DoneAsync(Answer asked, string path = Jobs)
    {
        Assert.True(asked.Status == 202, asked.Text);
        return await Eventually.SomeAsync(async () => (await host.SendAsync("GET", $"{path}/{asked.Data["id"]}")).Data is var job
            && (string?)job["status"] is "completed" or "failed" ? job : null, "the job is done");
    }

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(one => (string)one!["phone_number"]!)];

    [Fact]
    public async Task Many_numbers_are_changed_as_one_would_be()
    {
        var (one, two) = (await NumberAsync(), await NumberAsync());
        var asked = await AskAsync("update_phone_numbers", new()
        {
            ["phone_numbers"] = new JsonArray(one.Text, two.Text), ["tags"] = new JsonArray("many"), ["customer_reference"] = "R-1",
            ["voice"] = new JsonObject
            {
                ["call_forwarding"] = new JsonObject { ["call_forwarding_enabled"] = true, ["forwards_to"] = two.Text },
            },
        });
        Assert.Equal(("phone_numbers_job", "update_phone_numbers"), ((string?)asked.Data["record_type"], (string?)asked.Data["type"]));
        var job = await DoneAsync(asked);
        // Nobody is forwarded to himself: what a change of that number alone would be told.
        Assert.Equal([one.Text], Texts(job["successful_operations"]));
        var failed = Assert.Single(job["failed_operations"]!.AsArray())!;
        Assert.Equal((two.Id, "10015"), ((string?)failed["id"], (string?)failed["errors"]![0]!["code"]));
        Assert.Empty(job["pending_operations"]!.AsArray());
        var changed = (await host.SendAsync("GET", $"/v2/phone_numbers/{one.Id}")).Data;
        Assert.Equal(("many", "R-1", true), ((string?)changed["tags"]![0], (string?)changed["customer_reference"],
            (bool?)changed["call_forwarding_enabled"]));
        Assert.Empty((await host.SendAsync("GET", $"/v2/phone_numbers/{two.Id}")).Data["tags"]!.AsArray());

        // What is so already is not written again: a job that is begun anew changes each number once.
        async Task<int> NotesAsync() => (await host.SendAsync("GET", "/v2/audit_events?page[size]=250")).List
            .Count(note => (string?)note!["resource_id"] == one.Id);
        int notes = await NotesAsync();
        Assert.NotEqual(0, notes);
        await DoneAsync(await AskAsync("update_phone_numbers", new()
        {
            ["phone_numbers"] = new JsonArray(one.Text), ["tags"] = new JsonArray("many"), ["customer_reference"] = "R-1",
        }));
        Assert.Equal(notes, await NotesAsync());

        // Those that a filter fits; what was not said stays.
        var fitting = await DoneAsync(await AskAsync("update_phone_numbers",
            new() { ["phone_numbers"] = new JsonArray(), ["customer_reference"] = "R-2" }, "?filter[tag]=many"));
        Assert.Equal([one.Text], Texts(fitting["successful_operations"]));
        Assert.Equal("many", (string?)(await host.SendAsync("GET", $"/v2/phone_numbers/{one.Id}")).Data["tags"]![0]);
        Assert.Contains((await host.SendAsync("GET", $"{Jobs}?filter[type]=update_phone_numbers&page[size]=250")).List,
            listed => (string?)listed!["id"] == (string?)job["id"]);
        Assert.Empty((await host.SendAsync("GET", $"{Jobs}?filter[type]=update_emergency_settings")).List);
    }

    [Fact]
    public async Task Of_more_than_a_thousand_that_a_filter_fits_the_first_thousand_are_changed()
    {
        const int many = 1_001;
        long first = Interlocked.Add(ref _counter, many) - many;
        await host.Store.Numbers.ImportAsync([.. Enumerable.Range(1, many).Select(i => Imported.Number(
            new($"+1555028{i:0000}", host.Tenant, null) { Tags = ["thousand"] }, first + i, host.Time.GetUtcNow()))], Stop);
        var asked = await AskAsync("update_phone_numbers",
            new() { ["phone_numbers"] = new JsonArray(), ["tags"] = new JsonArray("thousand") }, "?filter[tag]=thousand");
        Assert.Equal(1_000, asked.Data["phone_numbers"]!.AsArray().Count);
        Assert.Equal(1_000, (await DoneAsync(asked))["successful_operations"]!.AsArray().Count);
    }

    [Fact]
    public async Task Numbers_may_be_written_as_people_type_them()
    {
        var (_, text) = await NumberAsync();
        var change = Of(Typed(text));
        change["tags"] = new JsonArray("typed");
        Assert.Equal([text], Texts((await DoneAsync(await AskAsync("update_phone_numbers", change)))["successful_operations"]));
        var owned = await host.SendAsync("POST", "/v2/phone_numbers/actions/verify_ownership", Of(Typed(text), "nothing").ToJsonString());
        Assert.Equal(text, (string?)Assert.Single(owned.Data["found"]!.AsArray())!["number_val_e164"]);
        Assert.Equal("nothing", (string?)Assert.Single(owned.Data["not_found"]!.AsArray()));
    }

    [Fact]
    public async Task Jobs_are_found_by_how_far_they_are_and_by_their_numbers()
    {
        var (one, two, other) = (await NumberAsync(), await NumberAsync(), await NumberAsync());
        async Task<string> TaggedAsync(params string[] numbers)
        {
            var change = Of(numbers);
            change["tags"] = new JsonArray("found");
            return (string)(await DoneAsync(await AskAsync("update_phone_numbers", change)))["id"]!;
        }
        string both = await TaggedAsync(one.Text, two.Text);
        host.Time.Advance(TimeSpan.FromSeconds(1));     // the newer one stands first
        string alone = await TaggedAsync(other.Text);
        async Task<string[]> FoundAsync(string filter) =>
            [.. (await host.SendAsync("GET", $"{Jobs}?page[size]=250&{filter}")).List.Select(job => (string)job!["id"]!)];
        Assert.Equal([both], await FoundAsync($"filter[phone_number]={two.Text}"));
        Assert.Equal([both], await FoundAsync($"filter[phone_number]={one.Id}&filter[status][]=completed"));
        Assert.Equal([alone, both], await FoundAsync($"filter[phone_number][]={one.Text}&filter[phone_number][]={other.Text}"));
        Assert.Empty(await FoundAsync($"filter[phone_number]={one.Text}&filter[status][]=pending&filter[status][]=failed"));
        Assert.Contains(both, await FoundAsync("filter[status]=completed"));
        Assert.DoesNotContain(both, await FoundAsync("filter[status][]=pending&filter[status][]=in_progress"));
        Assert.Empty(await FoundAsync("filter[status]=expired"));
        (await host.SendAsync("GET", $"{Jobs}?filter[status]=done")).Refuses(400, "10031");
        Assert.Empty((await host.SendAsync("GET", $"{Jobs}?filter[phone_number]={one.Text}", (string?)null,
            TelnyxHost.OtherTenantKey)).List);
    }

    [Fact]
    public async Task A_job_that_is_begun_again_goes_on_behind_what_it_has_kept()
    {
        const string kind = "sixty_numbers";
        var (tried, isBroken) = (new List<string>(), false);
        List<JsonObject> numbers =
            [.. Enumerable.Range(0, 60).Select(i => new JsonObject { ["id"] = $"{i}", ["phone_number"] = $"+1555{i}" })];
        await using var runner = new JobRunner(host.Store.Jobs, host.Store.Blobs, [new(kind, job => NumberJobs.EachAsync(job,
            [.. numbers.Select(number => number.DeepClone().AsObject())], id =>
            {
                if (id is "55" && !isBroken)
                {
                    isBroken = true;
                    throw new JobWaitsException(TimeSpan.Zero, isCounted: false);
                }
                tried.Add(id);
                return new(id is "7" ? new Problem("10015", "It does not want to.") : null);
            }))], new(), host.Time, NullLogger.Instance);
        runner.Start();
        var added = (await host.Store.Jobs.AddAsync(host.Tenant, kind, [], 20, null, Stop))!;
        var over = await Eventually.SomeAsync(async () =>
            await host.Store.Jobs.FindAsync(host.Tenant, added.Id, Stop) is { IsOver: true } job ? job : null, "the job is over");
        var result = over.Result!;
        Assert.Equal(numbers.Select(number => (string)number["id"]!).Where(id => id is not "7"),
            result["successful"]!.AsArray().Select(number => (string)number!["id"]!));
        Assert.Equal("It does not want to.", (string?)Assert.Single(result["failed"]!.AsArray())!["errors"]![0]!["detail"]);
        // Only those behind the last time that it kept its lists are tried twice.
        Assert.Equal((65, 1), (tried.Count, tried.Count(id => id is "7")));
        Assert.Equal((60L, 60L), (over.Done, over.Total));
    }

    [Fact]
    public async Task Many_numbers_are_given_back()
    {
        var (one, two, stays) = (await NumberAsync(), await NumberAsync(), await NumberAsync());
        var job = await DoneAsync(await AskAsync("delete_phone_numbers",
            new() { ["phone_numbers"] = new JsonArray(one.Id, two.Id) }));
        Assert.Equal([one.Text, two.Text], Texts(job["successful_operations"]));
        (await host.SendAsync("GET", $"/v2/phone_numbers/{one.Id}")).Refuses(404, "10005");
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(two.Text));
        Assert.NotNull(host.Store.Routing.Current.FindOwnNumber(stays.Text));
        Assert.Equal(404, (await host.SendAsync("GET", $"{Jobs}/{job["id"]}", (string?)null, TelnyxHost.OtherTenantKey)).Status);
    }

    [Fact]
    public async Task Only_own_numbers_named_in_one_way_are_taken()
    {
        var (one, two, strangers) = (await NumberAsync(), await NumberAsync(), await NumberAsync(isStrangers: true));
        foreach (string type in (string[])["update_phone_numbers", "delete_phone_numbers"])
        {
            (await AskAsync(type, Of(one.Text, strangers.Text))).Refuses(422, "10015", "/phone_numbers");
            (await AskAsync(type, Of(one.Text, two.Id))).Refuses(422, "10015", "/phone_numbers");
            (await AskAsync(type, Of("x"))).Refuses(422, "10015", "/phone_numbers");
            (await AskAsync(type, Of())).Refuses(422, "10015", "/phone_numbers");
            (await AskAsync(type, Of([.. Enumerable.Repeat(one.Text, 1_001)]))).Refuses(422, "10015", "/phone_numbers");
        }
        (await AskAsync("update_phone_numbers", Of(one.Text), "?filter[tag]=x")).Refuses(422, "10015", "/phone_numbers");
        (await AskAsync("update_phone_numbers", Of(), "?filter[tag]=none-has-it")).Refuses(422, "10015", "/phone_numbers");
        var connected = Of(one.Text);
        connected["connection_id"] = "1";
        (await AskAsync("update_phone_numbers", connected)).Refuses(422, "10015", "/connection_id");
        (await AskAsync("update_phone_numbers", Of(one.Text))).Refuses(422, "10015", "/updateable_fields");
        var grouped = Of(one.Text);
        grouped["billing_group_id"] = Guid.NewGuid().ToString();
        (await AskAsync("update_phone_numbers", grouped)).Refuses(403, "10010", "/billing_group_id");
        (await AskAsync("update_emergency_settings", Of(one.Text))).Refuses(501, "10041");
    }

    [Fact]
    public async Task An_account_has_so_many_jobs_under_way()
    {
        var (_, text) = await NumberAsync(isStrangers: true);
        for (int i = 0; i < 20; i++) await host.Store.Jobs.AddAsync(host.Stranger, "nobody_does_it", [], 20, null, Stop);
        (await host.SendAsync("POST", $"{Jobs}/delete_phone_numbers", Of(text).ToJsonString(), TelnyxHost.OtherTenantKey))
            .Refuses(422, "10015", "/base");
        Assert.NotNull(host.Store.Routing.Current.FindOwnNumber(text));
    }

    [Fact]
    public async Task A_block_is_given_back_whole()
    {
        string code = $"{Interlocked.Increment(ref _codes)}", first = $"+1{code}5550100";
        var stocked = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{"first":"{{first}}","last":"+1{{code}}5550109","block_size":10,"country":"US","features":["voice"]}]}""",
            TelnyxHost.OperatorKey);
        Assert.True(stocked.Status == 200, stocked.Text);
        await host.SendAsync("GET", $"/v2/available_phone_number_blocks?filter[national_destination_code]={code}");
        var ordered = await host.SendAsync("POST", "/v2/number_block_orders", $$"""{"starting_number":"{{first}}","range":10}""");
        Assert.True(ordered.Status == 200, ordered.Text);
        var body = new JsonObject { ["phone_number_block_id"] = (string?)ordered.Data["id"] };
        (await host.SendAsync("POST", $"{Blocks}/delete_phone_number_block", body.ToJsonString(), TelnyxHost.OtherTenantKey))
            .Refuses(422, "10015", "/phone_number_block_id");

        var job = await DoneAsync(await host.SendAsync("POST", $"{Blocks}/delete_phone_number_block", body.ToJsonString()), Blocks);
        Assert.Equal(("completed", 10), ((string?)job["status"], job["successful_operations"]!.AsArray().Count));
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(first));
        var listed = Assert.Single((await host.SendAsync("GET", $"{Blocks}?filter[status]=completed")).List)!;
        Assert.Equal((string?)job["id"], (string?)listed["id"]);
        Assert.Empty((await host.SendAsync("GET", $"{Blocks}?filter[status]=failed")).List);
        // There is nothing left of it.
        (await host.SendAsync("POST", $"{Blocks}/delete_phone_number_block", body.ToJsonString()))
            .Refuses(422, "10015", "/phone_number_block_id");
    }

    private static string Typed(string text) => $"{text[..2]} ({text[2..5]}) {text[5..8]}-{text[8..]}";

    private static JsonObject Of(params string[] numbers) =>
        new() { ["phone_numbers"] = new JsonArray([.. numbers.Select(number => (JsonNode)number)]) };
}
