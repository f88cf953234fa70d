using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Store.Resources;
using Ringwright.Testing;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

/// <summary>The resource engine over real HTTP: an application and a profile as plain resources in memory.</summary>
public sealed class ResourceTests : IAsyncLifetime
{
    private const string Applications = "/v2/call_control_applications";
    private const string Body = """{"application_name":"one","webhook_event_url":"https://example.com/hook"}""";

    private static readonly ResourceKind Application = new("call_control_application")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["application_name"],
        Merged = ["inbound", "outbound"],
        Paths = new Dictionary<string, string> { ["connection_name"] = "application_name" },
        Defaults = new() { ["tags"] = new JsonArray(), ["first_command_timeout_secs"] = 20, ["dtmf_type"] = null },
        Validate = (op, body, before) => new(body["application_name"]!.GetValue<string>() == "forbidden"
            ? new Problem("10015", "No.") { Pointer = "/application_name" } : null),
        BeforeDelete = (op, row) =>
            new(row.Body["application_name"]!.GetValue<string>() == "kept" ? op.Dialect.Errors.Problem(Fault.InUse) : null),
        Show = (op, row, shown) => shown["tags"]!.AsArray().Add("shown"),
    };

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryRows _rows = new("application_name");
    private ApiHost _api = null!; // set before each test

    public async ValueTask InitializeAsync() => _api = await ApiHost.StartAsync(new()
    {
        Time = _time,
        Rows = _ => _rows,
        Bindings =
        [
            Crud("ListCallControlApplications", Application), Crud("CreateCallControlApplication", Application),
            Crud("RetrieveCallControlApplication", Application),
            Crud("UpdateCallControlApplication", Application), Crud("DeleteCallControlApplication", Application),
        ],
    });

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private async Task<JsonObject> CreateAsync(string body = Body) =>
        (await _api.JsonAsync(HttpStatusCode.Created, "POST", Applications, body))["data"]!.AsObject();

    private async Task CreateManyAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await CreateAsync(Body.Replace("one", $"Name {i:00}", StringComparison.Ordinal));
        }
    }

    private async Task<List<string>> NamesAsync(string query) =>
        [.. (await _api.JsonAsync(HttpStatusCode.OK, "GET", Applications + query))["data"]!.AsArray()
            .Select(a => a!["application_name"]!.GetValue<string>())];

    [Fact]
    public async Task A_new_resource_has_id_record_type_times_and_the_defaults_of_kind_and_contract()
    {
        var made = await CreateAsync();
        Assert.Matches("^[0-9]{19}$", made["id"]!.GetValue<string>());
        Assert.Equal("call_control_application", made["record_type"]!.GetValue<string>());
        Assert.Equal("2026-01-06T15:00:00.000Z", made["created_at"]!.GetValue<string>());
        Assert.Equal(made["created_at"]!.GetValue<string>(), made["updated_at"]!.GetValue<string>());
        Assert.True(made["active"]!.GetValue<bool>());
        Assert.Equal("2", made["webhook_api_version"]!.GetValue<string>());
        Assert.Equal(20, made["first_command_timeout_secs"]!.GetValue<int>());
        Assert.False(made.ContainsKey("webhook_timeout_secs"));
        Assert.Equal("shown", made["tags"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task What_was_made_can_be_got_and_an_unknown_id_is_404()
    {
        var made = await CreateAsync();
        var got = await _api.JsonAsync(HttpStatusCode.OK, "GET", $"{Applications}/{made["id"]}");
        Assert.True(JsonNode.DeepEquals(made, got["data"]));
        using var response = await _api.SendAsync("GET", Applications + "/1293384261075731499");
        Assert.Equal((HttpStatusCode.NotFound, "10005"), await response.CodeAsync());
    }

    [Fact]
    public async Task Fields_that_are_read_only_or_unknown_are_accepted_and_not_stored()
    {
        var made = await CreateAsync(
            """{"application_name":"one","webhook_event_url":"https://example.com/hook","id":"5","record_type":"x","created_at":"then","novelty":1}""");
        Assert.NotEqual("5", made["id"]!.GetValue<string>());
        Assert.False(made.ContainsKey("novelty"));
        Assert.Equal("2026-01-06T15:00:00.000Z", made["created_at"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_that_is_taken_is_422_with_its_pointer()
    {
        await CreateAsync();
        var body = await _api.JsonAsync(HttpStatusCode.UnprocessableEntity, "POST", Applications, Body);
        Assert.Equal("/application_name", body["errors"]![0]!["source"]!["pointer"]!.GetValue<string>());
        Assert.Equal("10015", body["errors"]![0]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_patch_changes_what_it_says_and_merges_declared_objects()
    {
        var made = await CreateAsync(
            """{"application_name":"one","webhook_event_url":"https://example.com/hook","inbound":{"channel_limit":5,"sip_subdomain":"x"},"webhook_timeout_secs":7}""");
        _time.Advance(TimeSpan.FromSeconds(1));
        var changed = (await _api.JsonAsync(HttpStatusCode.OK, "PATCH", $"{Applications}/{made["id"]}",
            """{"application_name":"two","webhook_event_url":"https://example.com/hook","inbound":{"channel_limit":9},"webhook_timeout_secs":null}"""))["data"]!;
        Assert.Equal("two", changed["application_name"]!.GetValue<string>());
        Assert.Equal(9, changed["inbound"]!["channel_limit"]!.GetValue<int>());
        Assert.Equal("x", changed["inbound"]!["sip_subdomain"]!.GetValue<string>());
        Assert.Null(changed["webhook_timeout_secs"]);
        Assert.Equal("2026-01-06T15:00:00.000Z", changed["created_at"]!.GetValue<string>());
        Assert.Equal("2026-01-06T15:00:01.000Z", changed["updated_at"]!.GetValue<string>());
        Assert.True(changed["active"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_patch_that_meets_another_tries_again_and_gives_up_in_the_end()
    {
        var made = await CreateAsync();
        string patch = Body.Replace("one", "two", StringComparison.Ordinal), path = $"{Applications}/{made["id"]}";
        _rows.Answers.Enqueue(WriteOutcome.Stale);
        await _api.JsonAsync(HttpStatusCode.OK, "PATCH", path, patch);
        for (int i = 0; i < 5; i++) _rows.Answers.Enqueue(WriteOutcome.Stale);
        await _api.JsonAsync(HttpStatusCode.Conflict, "PATCH", path, patch);
    }

    [Fact]
    public async Task The_hook_of_the_kind_may_refuse()
    {
        var body = await _api.JsonAsync(HttpStatusCode.UnprocessableEntity, "POST", Applications,
            Body.Replace("one", "forbidden", StringComparison.Ordinal));
        Assert.Equal("No.", body["errors"]![0]!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_delete_answers_with_what_is_gone_or_says_why_not()
    {
        var made = await CreateAsync();
        var gone = await _api.JsonAsync(HttpStatusCode.OK, "DELETE", $"{Applications}/{made["id"]}");
        Assert.Equal("one", gone["data"]!["application_name"]!.GetValue<string>());
        await _api.JsonAsync(HttpStatusCode.NotFound, "DELETE", $"{Applications}/{made["id"]}");
        var kept = await CreateAsync(Body.Replace("one", "kept", StringComparison.Ordinal));
        using var response = await _api.SendAsync("DELETE", $"{Applications}/{kept["id"]}");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10021"), await response.CodeAsync());
    }

    [Fact]
    public async Task Walking_all_pages_gives_each_resource_once()
    {
        await CreateManyAsync(5);
        var seen = new List<string>();
        for (int number = 1; number <= 3; number++)
        {
            var page = await _api.JsonAsync(HttpStatusCode.OK, "GET", $"{Applications}?page[number]={number}&page%5Bsize%5D=2");
            var meta = page["meta"]!;
            Assert.Equal((number, 2, 3, 5), (meta["page_number"]!.GetValue<int>(), meta["page_size"]!.GetValue<int>(),
                meta["total_pages"]!.GetValue<int>(), meta["total_results"]!.GetValue<int>()));
            seen.AddRange(page["data"]!.AsArray().Select(a => a!["application_name"]!.GetValue<string>()));
        }

        Assert.Equal(["Name 00", "Name 01", "Name 02", "Name 03", "Name 04"], seen);
        Assert.Empty(await NamesAsync("?page[number]=4&page[size]=2"));
        Assert.Empty(await NamesAsync("?page[number]=2147483647&page[size]=250"));
    }

    [Fact]
    public async Task An_empty_list_has_no_pages()
    {
        var meta = (await _api.JsonAsync(HttpStatusCode.OK, "GET", Applications))["meta"]!;
        Assert.Equal((0, 0, 1, 20), (meta["total_pages"]!.GetValue<int>(), meta["total_results"]!.GetValue<int>(),
            meta["page_number"]!.GetValue<int>(), meta["page_size"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("page[size]=251"), InlineData("page[size]=0"), InlineData("page[size]=-1"), InlineData("page[number]=0"),
        InlineData("page[number]=x"), InlineData("page[limit]=251")]
    public async Task A_page_outside_its_bounds_is_422_code_10015(string query)
    {
        var body = await _api.JsonAsync(HttpStatusCode.UnprocessableEntity, "GET", $"{Applications}?{query}");
        Assert.Equal(("10015", query[..query.IndexOf('=')]),
            (body["errors"]![0]!["code"]!.GetValue<string>(), body["errors"]![0]!["source"]!["parameter"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("?sort=-created_at", "Name 02,Name 01,Name 00"), InlineData("?sort=connection_name", "Name 00,Name 01,Name 02"),
        InlineData("?sort=-connection_name", "Name 02,Name 01,Name 00")]
    [InlineData("?filter[application_name][contains]=NAME 01", "Name 01"),
        InlineData("?filter%5Bapplication_name%5D%5Bcontains%5D=02", "Name 02")]
    [InlineData("?filter[application_name]=Name 00", "Name 00"), InlineData("?filter[application_name]=name 00", ""),
        InlineData("?filter[outbound.outbound_voice_profile_id]=5", "")]
    [InlineData("?filter[application_name][contains]=nothing", "")]
    public async Task Lists_are_sorted_and_filtered(string query, string names)
    {
        await CreateManyAsync(3);
        Assert.Equal(names, string.Join(',', await NamesAsync(query)));
    }

    [Theory]
    [InlineData("filter[nonsense]=1", HttpStatusCode.BadRequest, "10031"),
        InlineData("filter[application_name][like]=1", HttpStatusCode.BadRequest, "10031")]
    [InlineData("filter[]=1", HttpStatusCode.BadRequest, "10031"),
        InlineData("filter[application_name=1", HttpStatusCode.BadRequest, "10031")]
    [InlineData("sort=nonsense", HttpStatusCode.BadRequest, "10018"), InlineData("sort=--created_at", HttpStatusCode.BadRequest, "10018")]
    public async Task What_no_list_knows_is_400(string query, HttpStatusCode status, string code)
    {
        using var response = await _api.SendAsync("GET", $"{Applications}?{query}");
        Assert.Equal((status, code), await response.CodeAsync());
    }

    [Fact]
    public async Task Another_tenants_resource_is_not_there()
    {
        var made = await CreateAsync();
        await using var other = await ApiHost.StartAsync(new()
        {
            Rows = _ => _rows,
            Keys = _ => new(new(Guid.NewGuid()), null, CallerRole.Owner, "other"),
            Bindings = [Crud("RetrieveCallControlApplication", Application), Crud("ListCallControlApplications", Application)],
        });
        await other.JsonAsync(HttpStatusCode.NotFound, "GET", $"{Applications}/{made["id"]}");
        Assert.Empty((await other.JsonAsync(HttpStatusCode.OK, "GET", Applications))["data"]!.AsArray());
    }
}
