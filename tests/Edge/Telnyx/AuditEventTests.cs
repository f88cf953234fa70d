using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>The trail of changes as its account reads it.</summary>
public sealed class AuditEventTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private Task<Answer> ListAsync(string query = "", string key = TelnyxHost.Key) =>
        host.SendAsync("GET", $"/v2/audit_events{query}", key: key);

    [Fact]
    public async Task Each_write_is_told_newest_first_to_its_own_account_alone()
    {
        string id = await host.ApplicationAsync("audited");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        string between = host.Time.GetUtcNow().ToString("O");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.SendAsync("PATCH", $"/v2/call_control_applications/{id}",
            """{"application_name":"audited","webhook_event_url":"https://93.184.216.34/hooks","active":false}""");
        await host.SendAsync("DELETE", $"/v2/call_control_applications/{id}");

        var events = await ListAsync("?page[size]=3");
        Assert.True(events.Status == 200, events.Text);
        Assert.Equal(["deleted", "updated", "created"], events.List.Select(e => (string?)e!["change_type"]));
        var update = events.List[1]!;
        Assert.Equal(("call_control_application", id, "account_owner", host.Tenant.ToString()),
            ((string?)update["record_type"], (string?)update["resource_id"], (string?)update["change_made_by"],
                (string?)update["organization_id"]));
        Assert.Equal("""[{"field":"active","from":true,"to":false}]""", update["changes"]!.ToJsonString());
        Assert.True(Guid.TryParse((string?)update["user_id"], out _));

        foreach (string rising in (string[])["sort=asc", "sort=ASC", "sort[]=asc"])
            Assert.Equal(["updated", "deleted"], await ChangesAsync($"?{rising}&filter[created_after]={Uri.EscapeDataString(between)}"));
        Assert.Contains("created", await ChangesAsync($"?filter[created_before]={Uri.EscapeDataString(between)}"));
        Assert.DoesNotContain("deleted", await ChangesAsync($"?filter[created_before]={Uri.EscapeDataString(between)}"));
        Assert.DoesNotContain(id, (await ListAsync(key: TelnyxHost.OtherTenantKey)).Text, StringComparison.Ordinal);
        (await ListAsync("?filter[created_after]=soon")).Refuses(400, "10031");
        (await ListAsync("?sort=name")).Refuses(400, "10018");

        async Task<List<string?>> ChangesAsync(string query) => [.. (await ListAsync(query)).List.Select(e => (string?)e!["change_type"])];
    }

    [Fact]
    public async Task Keys_that_are_made_and_revoked_are_told_as_the_operators_doing()
    {
        var stop = TestContext.Current.CancellationToken;
        var key = await host.Store.ApiKeys.CreateAsync(host.Tenant, "KEY-of-this-test", KeyRole.Reader, "wall board", stop);
        await host.Store.ApiKeys.RevokeAsync(host.Tenant, key!.Value, stop);
        await host.Store.ApiKeys.RevokeAsync(host.Tenant, key.Value, stop);
        await host.Store.Tenants.ChangeLimitsAsync(host.Tenant, limits => limits with { RequestRate = 1_000_000 }, stop);

        var events = (await ListAsync("?page[size]=250&sort=asc")).List;
        var ofKey = events.Where(e => (string?)e!["resource_id"] == key.ToString()).ToList();
        Assert.Equal(["created", "revoked"], ofKey.Select(e => (string?)e!["change_type"]));
        Assert.All(ofKey, e => Assert.Equal("telnyx", (string?)e!["change_made_by"]));
        Assert.Contains("wall board", ofKey[0]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("KEY-of-this-test", events.ToJsonString(), StringComparison.Ordinal);
        var limit = events.Single(e => (string?)e!["record_type"] == "account")!;
        Assert.Equal("""[{"field":"request_rate","from":null,"to":1000000}]""", limit["changes"]!.ToJsonString());
    }
}
