using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Store.Resources;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

/// <summary>Part, Move, PUT, marked deletes and catalogues.</summary>
public sealed class OtherForms
{
    private static readonly ResourceKind Recharge = new("auto_recharge_pref");

    private static readonly ResourceKind Room = new("room")
    {
        Unique = ["unique_name"],
        Deletes = DeleteStyle.Mark,
        Transitions = [new("end", ["active"], "ended"), new("reopen", [], "active")],
        Defaults = new() { ["status"] = "active" },
    };

    private static Operation At(string methodAndPath) => TelnyxFiles.Contract.Operations.Single(o => o.ToString() == methodAndPath);

    [Fact]
    public async Task A_singleton_has_its_defaults_before_anything_was_written()
    {
        var rows = new MemoryRows();
        await using var api = await ApiHost.StartAsync(new()
        {
            Rows = _ => rows,
            Bindings = [Part(At("GET /payment/auto_recharge_prefs").Id, Recharge, ""),
                Part(At("PATCH /payment/auto_recharge_prefs").Id, Recharge, "")],
        });
        Assert.Equal("auto_recharge_pref",
            (await api.JsonAsync(HttpStatusCode.OK, "GET", "/v2/payment/auto_recharge_prefs"))["data"]!["record_type"]!.GetValue<string>());
        await api.JsonAsync(HttpStatusCode.OK, "PATCH", "/v2/payment/auto_recharge_prefs", """{"threshold_amount":"100.00"}""");
        await api.JsonAsync(HttpStatusCode.OK, "PATCH", "/v2/payment/auto_recharge_prefs", """{"recharge_amount":"50.00"}""");
        var read = (await api.JsonAsync(HttpStatusCode.OK, "GET", "/v2/payment/auto_recharge_prefs"))["data"]!;
        Assert.Equal(("100.00", "50.00"), (read["threshold_amount"]!.GetValue<string>(), read["recharge_amount"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_sub_document_is_read_and_written_at_its_resource()
    {
        var rows = new MemoryRows();
        var now = DateTimeOffset.UnixEpoch;
        await rows.InsertAsync(new()
        {
            Id = "7", Tenant = ApiHost.Tenant, Body = new() { ["name"] = "x" }, CreatedAt = now, UpdatedAt = now
        }, TestContext.Current.CancellationToken);
        var kind = new ResourceKind("phone_number");
        await using var api = await ApiHost.StartAsync(new()
        {
            IsStrict = false,
            Rows = _ => rows,
            Bindings = [Part(At("GET /phone_numbers/{id}/voice").Id, kind, "voice"),
                Part(At("PATCH /phone_numbers/{id}/voice").Id, kind, "voice")],
        });
        await api.JsonAsync(HttpStatusCode.OK, "PATCH", "/v2/phone_numbers/7/voice", """{"tech_prefix_enabled":true}""");
        Assert.True((await api.JsonAsync(HttpStatusCode.OK, "GET",
            "/v2/phone_numbers/7/voice"))["data"]!["tech_prefix_enabled"]!.GetValue<bool>());
        Assert.Equal("x",
            (await rows.FindAsync(ApiHost.Tenant, "7", TestContext.Current.CancellationToken))!.Body["name"]!.GetValue<string>());
        await api.JsonAsync(HttpStatusCode.NotFound, "GET", "/v2/phone_numbers/8/voice");
    }

    [Fact]
    public async Task A_move_follows_the_state_table_and_a_marked_delete_hides_the_row()
    {
        var rows = new MemoryRows();
        await using var api = await ApiHost.StartAsync(new()
        {
            IsStrict = false,
            Rows = _ => rows,
            Bindings =
            [
                Crud(At("POST /rooms").Id, Room), Crud(At("DELETE /rooms/{room_id}").Id, Room), Crud(At("GET /rooms").Id, Room),
                Move(At("POST /sim_cards/{id}/actions/enable").Id, Room, "end"),
                Move(At("POST /sim_cards/{id}/actions/disable").Id, Room, "reopen"),
            ],
        });
        var made = await api.JsonAsync(HttpStatusCode.Created, "POST", "/v2/rooms", """{"unique_name":"a"}""");
        string id = made["data"]!["id"]!.GetValue<string>();
        await api.JsonAsync(HttpStatusCode.Accepted, "POST", $"/v2/sim_cards/{id}/actions/enable");
        await api.JsonAsync(HttpStatusCode.UnprocessableEntity, "POST", $"/v2/sim_cards/{id}/actions/enable");
        await api.JsonAsync(HttpStatusCode.Accepted, "POST", $"/v2/sim_cards/{id}/actions/disable");
        await api.JsonAsync(HttpStatusCode.NoContent, "DELETE", $"/v2/rooms/{id}");
        await api.JsonAsync(HttpStatusCode.NotFound, "DELETE", $"/v2/rooms/{id}");
        Assert.Empty((await api.JsonAsync(HttpStatusCode.OK, "GET", "/v2/rooms"))["data"]!.AsArray());
        Assert.NotNull(await rows.FindAsync(ApiHost.Tenant, id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_put_sets_what_it_does_not_say_back_to_the_default()
    {
        var rows = new MemoryRows();
        var kind = new ResourceKind("oauth_client");
        await using var api = await ApiHost.StartAsync(new()
        {
            IsStrict = false,
            Rows = _ => rows,
            Bindings = [Crud(At("POST /oauth_clients").Id, kind), Crud(At("PUT /oauth_clients/{id}").Id, kind)],
        });
        var put = At("PUT /oauth_clients/{id}").Body!.Content[0].Schema;
        var made = await api.JsonAsync(HttpStatusCode.Created, "POST", "/v2/oauth_clients",
            """{"name":"a","allowed_scopes":["admin"],"client_type":"public","allowed_grant_types":["client_credentials"],"logo_uri":"https://example.com/l.png"}""");
        Assert.NotNull(put.FindProperty("logo_uri"));
        await api.JsonAsync(HttpStatusCode.OK, "PUT",
            $"/v2/oauth_clients/"
            + $"{made["data"]!["id"] ?? (await rows.ListAsync(ApiHost.Tenant, new(), TestContext.Current.CancellationToken)).Rows[0].Id}",
            """{"name":"b"}""");
        var row = (await rows.ListAsync(ApiHost.Tenant, new(), TestContext.Current.CancellationToken)).Rows[0];
        Assert.Equal("b", row.Body["name"]!.GetValue<string>());
        Assert.Null(row.Body["logo_uri"]);
        Assert.Equal("public", row.Body["client_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_catalogue_answers_as_it_is_and_by_page_where_its_list_has_pages()
    {
        var all = new JsonArray([.. Enumerable.Range(1, 5).Select(i => (JsonNode)new JsonObject { ["name"] = $"{i}" })]);
        var paged = TelnyxFiles.Contract.Operations.First(o => o is { Method: "GET", Path: "/room_sessions" });
        var whole = TelnyxFiles.Contract.Operations.First(o => o is { Method: "GET", Path: "/regions" });
        await using var api =
            await ApiHost.StartAsync(new() { IsStrict = false, Bindings = [Fixed(paged.Id, all), Fixed(whole.Id, all.DeepClone())] });
        var page = await api.JsonAsync(HttpStatusCode.OK, "GET", "/v2/room_sessions?page[size]=2&page[number]=2");
        Assert.Equal(["3", "4"], page["data"]!.AsArray().Select(i => i!["name"]!.GetValue<string>()));
        Assert.Equal(5, (await api.JsonAsync(HttpStatusCode.OK, "GET", "/v2/regions"))["data"]!.AsArray().Count);
    }
}
