using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Edge.Agency.Walks;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyOnSqliteTests() : AgencyTenancyTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyOnPostgresTests() : AgencyTenancyTests(Product.Postgres);

/// <summary>Section B of the agency's cases, as far as users and clients go: who signs in, who sees what, and who may do what.</summary>
public abstract class AgencyTenancyTests(Product product) : IAsyncLifetime
{
    private AgencyHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await AgencyHost.StartAsync(product);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_owner_signs_in_and_makes_a_client_and_a_viewer_whom_nobody_else_sees()
    {
        var owner = _host.AccountA["agency_owner"]!;
        string signedIn = await _host.SignInAsync((string)owner["email"]!, (string)owner["password"]!);
        var me = await _host.DoneAsync(200, signedIn, "GET", "/me");
        Assert.Equal("agency_owner", (string?)me["user"]!["role"]);
        Assert.Equal((string?)_host.AccountA["id"], (string?)me["user"]!["agency_id"]);
        Assert.Contains("clients.delete", me["permissions"]!.AsArray().Select(one => (string)one!));
        Assert.DoesNotContain("platform.manage", me["permissions"]!.AsArray().Select(one => (string)one!));

        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), other = await _host.ClientAsync(_host.OwnerA, "Client two");
        var (viewer, token) = await _host.UserAsync(_host.OwnerA, "viewer", "client_viewer", client);
        var neighbour = await AcceptedAsync("neighbour@example.com", "client_viewer", other);
        Assert.Equal([other], await IdsAsync((string)neighbour["access_token"]!, "clients"));
        Assert.Equal([client, other], await IdsAsync(_host.OwnerA, "clients"));
        Assert.Equal([client], await IdsAsync(token, "clients"));
        Assert.Empty(await IdsAsync(_host.OwnerB, "clients"));
        // Another tenant's row is not there, whoever asks; a client does not see the one beside it.
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "GET", "/clients/" + client);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "PATCH", "/clients/" + client, """{"name":"mine"}""");
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "GET", "/users/" + viewer);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "PATCH", "/users/" + viewer, """{"status":"disabled"}""");
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "DELETE", "/users/" + viewer);
        await _host.RefusedAsync(404, "not_found", token, "GET", "/clients/" + other);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "POST", "/users/invite",
            $$"""{"email":"spy@example.com","role":"client_viewer","client_id":"{{client}}"}""");
        // Users of a client are told the agency's name and brand, and nothing else of it.
        var seen = await _host.DoneAsync(200, token, "GET", "/agency");
        Assert.Equal(["id", "name", "branding"], seen.Select(field => field.Key));
        await _host.RefusedAsync(403, "forbidden", token, "POST", "/clients", """{"name":"x"}""");
        await _host.RefusedAsync(403, "forbidden", token, "GET", "/users");
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task An_id_in_capital_letters_is_the_same_id()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), capital = client.ToUpperInvariant();
        var (viewer, _) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", capital);
        Assert.Equal(client, (string?)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/users/" + viewer))["client_id"]);
        Assert.Equal([viewer], await IdsAsync(_host.OwnerA, "users", "?client_id=" + capital));
    }

    /// <summary>As Python's <c>uuid.hex</c> and .NET's <c>"N"</c> write it.</summary>
    [Fact]
    public async Task An_id_without_hyphens_is_the_same_id()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), hex = client.Replace("-", "", StringComparison.Ordinal);
        var agent = await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", $$"""{"name":"Anna","client_id":"{{hex}}"}""");
        Assert.Equal(client, (string?)agent["client_id"]);
        foreach (string said in new[] { client, hex, hex.ToUpperInvariant() })
        {
            Assert.Equal([(string)agent["id"]!], await IdsAsync(_host.OwnerA, "agents", "?client_id=" + said));
            Assert.Equal(client, (string?)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/clients/" + said))["id"]);
        }
    }

    [Fact]
    public async Task Who_administers_a_client_sees_and_changes_that_clients_users_alone()
    {
        // Case R02, of users.
        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), other = await _host.ClientAsync(_host.OwnerA, "Client two");
        var (admin, token) = await _host.UserAsync(_host.OwnerA, "ca", "client_admin", client);
        var (neighbour, _) = await _host.UserAsync(_host.OwnerA, "cv2", "client_viewer", other);
        var (viewer, _) = await _host.UserAsync(token, "cv1", "client_viewer");     // of the client of who invites
        Assert.Equal([admin, viewer], await IdsAsync(token, "users"));
        Assert.Empty(await IdsAsync(token, "users", "?client_id=" + other));
        await _host.RefusedAsync(404, "not_found", token, "PATCH", "/users/" + neighbour, """{"status":"disabled"}""");
        await _host.RefusedAsync(403, "forbidden", token, "PATCH", "/users/" + admin, """{"role":"client_viewer"}""");
        foreach (var (status, code, invite) in new[]
            {
                (400, "validation_error", """{"email":"x@example.com","role":"agency_member"}"""),
                (404, "not_found", $$"""{"email":"x@example.com","role":"client_viewer","client_id":"{{other}}"}"""),
                (403, "forbidden", """{"email":"x@example.com","role":"admin"}"""),
                (400, "invalid_enum", """{"email":"x@example.com","role":"owner"}"""),
                (409, "already_exists", """{"email":"cv1@example.com","role":"client_viewer"}"""),
            })
            await _host.RefusedAsync(status, code, token, "POST", "/users/invite", invite);
    }

    [Fact]
    public async Task An_agency_keeps_an_owner()
    {
        // Case R06.
        string first = (string)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/me"))["user"]!["id"]!;
        await _host.RefusedAsync(409, "last_owner", _host.OwnerA, "PATCH", "/users/" + first, """{"role":"agency_admin"}""");
        await _host.RefusedAsync(409, "last_owner", _host.OwnerA, "PATCH", "/users/" + first, """{"status":"disabled"}""");
        await _host.RefusedAsync(409, "last_owner", _host.OwnerA, "DELETE", "/users/" + first);
        await _host.UserAsync(_host.OwnerA, "second", "agency_owner");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + first, """{"role":"agency_member"}""");
        await _host.DoneAsync(401, _host.OwnerA, "GET", "/me");
    }

    [Fact]
    public async Task Whoever_makes_somebody_an_owner_says_his_own_password()
    {
        var (id, _) = await _host.UserAsync(_host.OwnerA, "aa", "agency_admin");
        string path = "/users/" + id, password = (string)_host.AccountA["agency_owner"]!["password"]!;
        static string With(string said) => new JsonObject { ["role"] = "agency_owner", ["current_password"] = said }.ToJsonString();
        var missing = await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, """{"role":"agency_owner"}""");
        Assert.True(missing["details"]!.AsObject().ContainsKey("current_password"));
        // Nor does the password of whoever is to be one.
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, With(AgencyHost.Password));
        await _host.RefusedAsync(403, "forbidden", (string)_host.AccountA["telnyx_key"]!, "PATCH", path, With(password));
        Assert.Equal("agency_admin", (string?)(await _host.DoneAsync(200, _host.OwnerA, "GET", path))["role"]);
        Assert.Equal("agency_owner", (string?)(await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, With(password)))["role"]);
        // Who is one already is changed without it.
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"role":"agency_owner","full_name":"Second"}""");
    }

    [Fact]
    public async Task A_new_part_and_a_new_password_end_tokens_at_once()
    {
        // Case R07.
        var (id, token) = await _host.UserAsync(_host.OwnerA, "ma", "agency_member");
        await _host.RefusedAsync(403, "forbidden", token, "POST", "/clients", """{"name":"x"}""");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + id, """{"role":"agency_admin"}""");
        await _host.RefusedAsync(401, "unauthenticated", token, "GET", "/me");
        string again = await _host.SignInAsync("ma@example.com", AgencyHost.Password);
        await _host.ClientAsync(again, "made by an administrator");
        await _host.RefusedAsync(400, "validation_error", again, "POST", "/me/password",
            """{"current_password":"wrong","new_password":"another password"}""");
        await _host.DoneAsync(204, again, "POST", "/me/password",
            $$"""{"current_password":"{{AgencyHost.Password}}","new_password":"another password"}""");
        await _host.RefusedAsync(401, "unauthenticated", again, "GET", "/me");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/login",
            $$"""{"email":"ma@example.com","password":"{{AgencyHost.Password}}"}""");
        await _host.SignInAsync("MA@example.com", "another password");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + id, """{"status":"disabled"}""");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/login",
            """{"email":"ma@example.com","password":"another password"}""");
    }

    [Fact]
    public async Task Whoever_has_not_accepted_is_no_active_owner_by_being_disabled_and_enabled()
    {
        var invited = await _host.DoneAsync(201, _host.OwnerA, "POST", "/users/invite",
            """{"email":"never@example.com","role":"agency_member"}""");
        string path = $"/users/{invited["user"]!["id"]}";
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "PATCH", path, """{"status":"active"}""");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"status":"disabled"}""");
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "PATCH", path, """{"status":"active"}""");
    }

    [Fact]
    public async Task An_invitation_is_good_once_and_a_refresh_token_is_no_access_token()
    {
        var invited = await _host.DoneAsync(201, _host.OwnerA, "POST", "/users/invite",
            """{"email":"m@example.com","role":"agency_member"}""");
        string accept = $$"""{"token":"{{invited["invite_token"]}}","password":"{{AgencyHost.Password}}","full_name":"Em"}""";
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/login",
            $$"""{"email":"m@example.com","password":"{{AgencyHost.Password}}"}""");
        var tokens = await _host.DoneAsync(200, null, "POST", "/auth/invite/accept", accept);
        Assert.Equal(("Em", "active"), ((string?)tokens["user"]!["full_name"], (string?)tokens["user"]!["status"]));
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/invite/accept", accept);
        await _host.RefusedAsync(401, "unauthenticated", (string)tokens["refresh_token"]!, "GET", "/me");
        var refreshed = await _host.DoneAsync(200, null, "POST", "/auth/refresh", $$"""{"refresh_token":"{{tokens["refresh_token"]}}"}""");
        await _host.DoneAsync(200, (string)refreshed["access_token"]!, "GET", "/me");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/refresh",
            $$"""{"refresh_token":"{{tokens["access_token"]}}"}""");
        // A letter of the MAC is another one: nobody's token.
        string good = (string)tokens["access_token"]!, forged = $"{good[..^2]}{(good[^2] == 'A' ? 'B' : 'A')}{good[^1]}";
        await _host.RefusedAsync(401, "unauthenticated", forged, "GET", "/me");
    }

    [Fact]
    public async Task Whoever_has_not_accepted_is_invited_again_and_the_token_of_before_is_good_no_more()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        const string invite = """{"email":"late@example.com","role":"agency_member","full_name":"Late"}""";
        static string Accept(JsonObject invited) => $$"""{"token":"{{invited["invite_token"]}}","password":"{{AgencyHost.Password}}"}""";
        var first = await _host.DoneAsync(201, _host.OwnerA, "POST", "/users/invite", invite);
        var second = await _host.DoneAsync(201, _host.OwnerA, "POST", "/users/invite",
            """{"email":"LATE@example.com","role":"agency_admin"}""");
        Assert.Equal(((string?)first["user"]!["id"], "agency_admin", "Late"),
            ((string?)second["user"]!["id"], (string?)second["user"]!["role"], (string?)second["user"]!["full_name"]));
        // Neither another agency nor one of its clients takes him over, and nobody whom he is above invites him.
        await _host.RefusedAsync(409, "already_exists", _host.OwnerB, "POST", "/users/invite", invite);
        await _host.RefusedAsync(409, "already_exists", _host.OwnerA, "POST", "/users/invite",
            $$"""{"email":"late@example.com","role":"client_viewer","client_id":"{{client}}"}""");
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "aa", "agency_admin");
        await _host.RefusedAsync(403, "forbidden", admin, "POST", "/users/invite", invite);
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/invite/accept", Accept(first));
        var accepted = await _host.DoneAsync(200, null, "POST", "/auth/invite/accept", Accept(second));
        Assert.Equal("agency_admin", (string?)accepted["user"]!["role"]);
        await _host.RefusedAsync(409, "already_exists", _host.OwnerA, "POST", "/users/invite", invite);
    }

    [Fact]
    public async Task A_sign_in_that_is_ended_is_so_at_once_and_another_of_the_user_goes_on()
    {
        var first = await AcceptedAsync("m@example.com");
        string token = (string)first["access_token"]!, other = await _host.SignInAsync("m@example.com", AgencyHost.Password);
        await _host.DoneAsync(200, token, "GET", "/me");
        await _host.DoneAsync(204, token, "POST", "/auth/logout");
        await _host.RefusedAsync(401, "unauthenticated", token, "GET", "/me");
        await _host.RefusedAsync(401, "unauthenticated", token, "POST", "/auth/logout");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/refresh", RefreshOf(first));
        await _host.DoneAsync(200, other, "GET", "/me");
        await _host.RefusedAsync(404, "not_found", (string)_host.AccountA["telnyx_key"]!, "POST", "/auth/logout");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/logout");
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_once_it_was_shown_and_each_code_is_good_once()
    {
        var tokens = await AcceptedAsync("m@example.com");
        string token = (string)tokens["access_token"]!, password = $"\"current_password\":\"{AgencyHost.Password}\"";
        await _host.RefusedAsync(409, "invalid_state", token, "POST", "/me/totp/confirm", """{"totp":"123456"}""");
        await _host.RefusedAsync(400, "validation_error", token, "POST", "/me/totp", """{"current_password":"wrong"}""");
        var begun = await _host.DoneAsync(200, token, "POST", "/me/totp", $"{{{password}}}");
        Assert.EndsWith($"?secret={begun["secret"]}&issuer=agency%20A", (string?)begun["otpauth_uri"], StringComparison.Ordinal);
        await _host.SignInAsync("m@example.com", AgencyHost.Password);
        var user = (await new UserTable(_host.Node.Node.Database).FindByEmailAsync("m@example.com", Stop))!;
        byte[] secret = Totp.SecretOf(_host.Node.Node.Database.Node.TokenKey.Span, user.Id, user.TotpPending!);
        Assert.Equal((string?)begun["secret"], Totp.Base32(secret));
        // The steps around now are good: with the first, the two behind it are still to come.
        long step = Totp.StepOf(_host.Node.Node.Database.Time.GetUtcNow());
        string first = Totp.CodeOf(secret, step), second = Totp.CodeOf(secret, step + 1);
        await _host.RefusedAsync(400, "validation_error", token, "POST", "/me/totp/confirm", """{"totp":"12345"}""");
        await _host.DoneAsync(204, token, "POST", "/me/totp/confirm", $$"""{"totp":"{{first}}"}""");
        Assert.True((bool)(await _host.DoneAsync(200, token, "GET", "/me"))["user"]!["totp_enabled"]!);
        string login = $"{{\"email\":\"m@example.com\",\"password\":\"{AgencyHost.Password}\"";
        var asked = await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/login", login + "}");
        Assert.True(asked["details"]!.AsObject().ContainsKey("totp"));
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/login", $"{login},\"totp\":\"{first}\"}}");
        await _host.DoneAsync(200, null, "POST", "/auth/login", $"{login},\"totp\":\"{second}\"}}");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/login", $"{login},\"totp\":\"{second}\"}}");
        await _host.RefusedAsync(400, "validation_error", token, "POST", "/me/totp/end", $"{{{password},\"totp\":\"{second}\"}}");
        await _host.RefusedAsync(409, "invalid_state", token, "POST", "/me/totp", $"{{{password}}}");
        // Whoever may change the user takes it away, and nobody else.
        string id = user.Id.ToString(), reset = """{"reset_totp":true}""";
        await _host.RefusedAsync(403, "forbidden", token, "PATCH", "/users/" + id, reset);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "PATCH", "/users/" + id, reset);
        Assert.False((bool)(await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + id, reset))["totp_enabled"]!);
        await _host.SignInAsync("m@example.com", AgencyHost.Password);
        string owner = (string)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/me"))["user"]!["id"]!;
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", "/users/" + owner, reset);
    }

    [Fact]
    public async Task A_refresh_token_that_is_used_again_later_ends_the_sign_in()
    {
        var first = await AcceptedAsync("m@example.com");
        var second = await _host.DoneAsync(200, null, "POST", "/auth/refresh", RefreshOf(first));
        // Whoever lost the answer asks again.
        var again = await _host.DoneAsync(200, null, "POST", "/auth/refresh", RefreshOf(first));
        var third = await _host.DoneAsync(200, null, "POST", "/auth/refresh", RefreshOf(again));
        string token = (string)third["access_token"]!;
        await _host.DoneAsync(200, token, "GET", "/me");
        await _host.Node.Node.Database.Sql.WriteAsync(db => db.Execute("update user_sessions set used_at = @at", new
        {
            at = Times.Cut(_host.Node.Node.Database.Time.GetUtcNow().AddMinutes(-2)),
        }), Stop);
        await _host.DoneAsync(200, token, "GET", "/me");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/refresh", RefreshOf(second));
        await _host.RefusedAsync(401, "unauthenticated", token, "GET", "/me");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/refresh", RefreshOf(third));
    }

    [Fact]
    public async Task Each_part_may_what_was_agreed()
    {
        // Case R03 on both databases; AgencyPartWalkTests asks by all operations.
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        // Two parts ask as the client, and a fast machine has more in one second than an account made by another may ask.
        await new OperatorClient(_host.Node).DataAsync("PATCH", $"/accounts/{client}", """{"request_rate":1000}""");
        var (target, _) = await _host.UserAsync(_host.OwnerA, "target", "client_viewer", client);
        string campaign = (string)(await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns",
            $$"""{"client_id":"{{client}}","name":"Spring","type":"sdr"}"""))["id"]!;
        var parts = new List<(string Role, string Token)> { ("agency_owner", _host.OwnerA) };
        foreach (string role in new[] { "agency_admin", "agency_member" })
            parts.Add((role, (await _host.UserAsync(_host.OwnerA, role, role)).Token));
        foreach (string role in new[] { "client_admin", "client_viewer" })
            parts.Add((role, (await _host.UserAsync(_host.OwnerA, role, role, client)).Token));
        var asked = new (string Permission, string Method, string Path, string? Body)[]
        {
            ("agency.read", "GET", "/agency", null), ("agency.update", "PATCH", "/agency", """{"name":"agency A"}"""),
            ("clients.read", "GET", "/clients/" + client, null),
            ("clients.write", "PATCH", "/clients/" + client, """{"name":"Client one"}"""),
            ("client_users.list", "GET", "/users/" + target, null),
            ("client_users.change", "PATCH", "/users/" + target, """{"full_name":"T"}"""), ("me", "GET", "/me", null),
            ("calls.read", "GET", "/calls", null), ("numbers.read", "GET", "/numbers", null),
            ("campaigns.read", "GET", "/campaigns/" + campaign, null),
            ("campaigns.write", "PATCH", "/campaigns/" + campaign, """{"name":"Spring"}"""), ("batches.read", "GET", "/batches", null),
            ("contacts.read", "GET", $"/campaigns/{campaign}/contacts", null), ("dnc.read", "GET", "/dnc", null),
            ("dnc.add", "POST", "/dnc/import", """{"entries":[{"phone_number":"+15550300011"}]}"""),
            ("consent.write", "GET", "/consent", null), ("dashboards.read", "GET", "/dashboard/funnel", null),
            ("audit_log.read", "GET", "/audit", null), ("api_keys.manage", "GET", "/api-keys", null),
            ("tools.read", "GET", "/tools", null), ("queues.read", "GET", "/queues/enrichment", null),
            ("queues.retry", "POST", "/queues/enrichment/retry-dead", null),
            ("queues.read", "GET", "/queues/webhook", null), ("webhook_logs.read", "GET", "/webhook-logs", null),
            ("credentials.status", "GET", "/integrations", null),
            ("sync_jobs.read", "GET", "/sync-jobs", null),
            ("credentials.write", "PUT", "/integrations/ultravox", """{"webhook_signing_secrets":["s"]}"""),
            ("campaigns.read", "GET", $"/campaigns/{campaign}/report", null), ("clients.read", "GET", $"/clients/{client}/usage", null),
        };
        foreach (var (role, token) in parts)
            foreach (var (permission, method, path, body) in asked)
            {
                bool may = AgencyMatrix.Rows.First(row => row.Permission == permission).CellOf(role) is not ('-' or 'i');
                var (status, got) = await _host.AskAsync(token, method, path, body);
                Assert.True(status == (may ? 200 : 403), $"{role} {permission}: {status} {got?.ToJsonString()}");
            }
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_brand_is_kept_by_the_owner_and_shown_to_all_of_the_agency_and_its_clients()
    {
        // Case L03.
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", client);
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "aA", "agency_admin");
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];
        var (status, logo) = await _host.UploadAsync(_host.OwnerA, "/agency/branding/logo", png, ("slot", "favicon"));
        Assert.Equal((200, "data:image/png;base64,iVBORw0KGgo="), (status, (string?)logo!["favicon"]));
        await _host.DoneAsync(200, _host.OwnerA, "PUT", "/agency/branding", """{"product_name":"Zircon","accent_color":"#1A2B3C"}""");
        var brand = (await _host.DoneAsync(200, _host.OwnerA, "PUT", "/agency/branding",
            """{"product_name":"Zircon","primary_color":"#ffffff","custom_css":"a { color: #123456 }"}""")).AsObject();
        Assert.Equal(["product_name", "primary_color", "custom_css", "favicon"], brand.Select(one => one.Key));
        Assert.NotEqual("#ffffff", (string?)brand["primary_color"]);
        foreach (string token in new[] { _host.OwnerA, admin, viewer })
            Assert.Equal(brand.ToJsonString(), (await _host.DoneAsync(200, token, "GET", "/agency"))["branding"]!.ToJsonString());
        var me = (await _host.DoneAsync(200, viewer, "GET", "/me"))["agency"]!["branding"]!;
        Assert.Equal(("Zircon", "favicon", null), ((string?)me["product_name"], (string?)me["logos"]![0], me["favicon"]));
        Assert.Empty((await _host.DoneAsync(200, _host.OwnerB, "GET", "/agency"))["branding"]!.AsObject());
        foreach (var (code, body) in new[]
            {
                ("validation_error", """{"custom_css":"@import 'x'"}"""),
                ("validation_error", """{"custom_css":"a { background: url(http://example.com/x) }"}"""),
                ("validation_error", """{"primary_color":"red"}"""), ("validation_error", """{"terms_url":"http://example.com/"}"""),
                ("validation_error", """{"custom_domain":"calls.example.com"}"""),
            })
            await _host.RefusedAsync(400, code, _host.OwnerA, "PUT", "/agency/branding", body);
        foreach (string token in new[] { admin, viewer })
            await _host.RefusedAsync(403, "forbidden", token, "PUT", "/agency/branding", """{"product_name":"x"}""");
        (status, _) = await _host.UploadAsync(_host.OwnerA, "/agency/branding/logo", "<svg></svg>"u8.ToArray());
        Assert.Equal(415, status);
        (status, _) = await _host.UploadAsync(_host.OwnerA, "/agency/branding/logo", [.. png, .. new byte[64 * 1024]]);
        Assert.Equal(413, status);
        brand = await _host.DoneAsync(200, _host.OwnerA, "PUT", "/agency/branding", """{"remove_logos":["favicon"]}""");
        Assert.Empty(brand);
    }

    [Fact]
    public async Task A_client_has_a_brand_of_its_own_in_place_of_its_agencys()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one"), path = "/clients/" + client;
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", client);
        var (_, boss) = await _host.UserAsync(_host.OwnerA, "ca1", "client_admin", client);
        await _host.DoneAsync(200, _host.OwnerA, "PUT", "/agency/branding", """{"product_name":"Zircon","footer_text":"By Zircon."}""");
        var own = (await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """
            {"branding":{"product_name":"Berlin Calls","primary_color":"#ffffff","logo_light":"https://example.com/l.png"}}
            """))["branding"]!;
        Assert.NotEqual("#ffffff", (string?)own["primary_color"]);
        var seen = (await _host.DoneAsync(200, viewer, "GET", "/agency"))["branding"]!;
        Assert.Equal(("Berlin Calls", "https://example.com/l.png", "By Zircon."),
            ((string?)seen["product_name"], (string?)seen["logo_light"], (string?)seen["footer_text"]));
        var me = (await _host.DoneAsync(200, viewer, "GET", "/me"))["agency"]!["branding"]!;
        Assert.Equal(("Berlin Calls", "logo_light"), ((string?)me["product_name"], (string?)me["logos"]![0]));
        Assert.Equal("Zircon", (string?)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/agency"))["branding"]!["product_name"]);

        foreach (string bad in new[]
            {
                """{"logo_light":"http://example.com/l.png"}""", """{"primary_color":"red"}""", """{"custom_css":"a { color: red }"}""",
                """{"hide_powered_by":"yes"}""", """{"product_name":7}""", """{"locale":"english"}""", """{"support_email":"nobody"}""",
            })
            await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", path, $$"""{"branding":{{bad}} }""");
        await _host.RefusedAsync(403, "client_permission_denied", boss, "PATCH", path, """{"branding":{"product_name":"Mine"}}""");

        await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"branding":{"product_name":null}}""");
        seen = (await _host.DoneAsync(200, viewer, "GET", "/agency"))["branding"]!;
        Assert.Equal(("Zircon", "https://example.com/l.png"), ((string?)seen["product_name"], (string?)seen["logo_light"]));
        Assert.Empty((await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"branding":null}"""))["branding"]!.AsObject());
        Assert.Null((await _host.DoneAsync(200, viewer, "GET", "/agency"))["branding"]!["logo_light"]);
    }

    [Fact]
    public async Task Keys_of_the_account_and_of_a_client_open_it_and_strangers_do_not()
    {
        string key = (string)_host.AccountA["telnyx_key"]!, client = await _host.ClientAsync(key, "made by a key");
        Assert.Equal([client], await IdsAsync(_host.OwnerA, "clients"));
        await _host.RefusedAsync(404, "not_found", key, "GET", "/me");
        await _host.RefusedAsync(401, "unauthenticated", null, "GET", "/clients");
        await _host.RefusedAsync(401, "unauthenticated", "nobodys-key", "GET", "/clients");
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "GET", "/nothing");
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task What_is_wrong_with_a_request_is_said_by_field()
    {
        // Cases E03 and R12.
        var wrong = await _host.RefusedAsync(400, "invalid_enum", _host.OwnerA, "GET", "/users?role=owner");
        Assert.Equal("role must be one of: agency_owner, agency_admin, agency_member, client_admin, client_viewer, admin.",
            (string?)wrong["details"]!["role"]![0]);
        var foreign = await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "POST", "/clients",
            """{"name":"x","agency_id":"00000000-0000-7000-8000-000000000000"}""");
        Assert.Contains("agency_id", (string?)foreign["details"]!["agency_id"]![0], StringComparison.Ordinal);
        await _host.RefusedAsync(400, "invalid_json", _host.OwnerA, "POST", "/clients", "{");
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "POST", "/clients", """{"name":"x","slug":"acme_1"}""");
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "PATCH", "/agency", """{"timezone":"Mars/Olympus"}""");
        await _host.DoneAsync(201, _host.OwnerA, "POST", "/clients", """{"name":"x","slug":"acme-1"}""");
        await _host.RefusedAsync(409, "already_exists", _host.OwnerA, "POST", "/clients", """{"name":"y","slug":"acme-1"}""");
        Assert.Single(await IdsAsync(_host.OwnerA, "clients"));
        var page = await _host.DoneAsync(200, _host.OwnerA, "GET", "/clients?limit=1&offset=0");
        Assert.Equal("""{"total":1,"limit":1,"offset":0,"has_more":false}""", page["pagination"]!.ToJsonString());
    }

    /// <summary>Who has just accepted: the tokens.</summary>
    private async Task<JsonObject> AcceptedAsync(string email, string role = "agency_member", string? client = null)
    {
        var invited = await _host.DoneAsync(201, _host.OwnerA, "POST", "/users/invite",
            new JsonObject { ["email"] = email, ["role"] = role, ["client_id"] = client }.ToJsonString());
        return await _host.DoneAsync(200, null, "POST", "/auth/invite/accept",
            $$"""{"token":"{{invited["invite_token"]}}","password":"{{AgencyHost.Password}}"}""");
    }

    private static string RefreshOf(JsonObject tokens) => $$"""{"refresh_token":"{{tokens["refresh_token"]}}"}""";

    private async Task<string[]> IdsAsync(string token, string noun, string query = "") =>
        [.. (await _host.DoneAsync(200, token, "GET", $"/{noun}{query}"))[noun]!.AsArray().Select(row => (string)row!["id"]!)];
}
