using System.Net;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Http.Tests;

/// <summary>How much accounts may ask that are below another one.</summary>
public sealed class AccountRateTests
{
    [Fact]
    public async Task Accounts_below_one_ask_ten_times_as_much_together_and_no_more()
    {
        var root = new TenantId(Guid.NewGuid());
        await using var api = await ApiHost.StartAsync(new()
        {
            PerSecond = 1, Time = new FakeTimeProvider(),
            Keys = key => new Caller(root, key == "above" ? null : new TenantId(Guid.NewGuid()), CallerRole.Owner, key),
        });
        for (int i = 0; i < 10; i++)
        {
            using var response = await api.SendAsync("GET", "/v2/calls/x", key: $"below-{i}");
            Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        }
        using (var refused = await api.SendAsync("GET", "/v2/calls/x", key: "below-one-more"))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "10011"), await refused.CodeAsync());
            Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        }
        using var above = await api.SendAsync("GET", "/v2/calls/x", key: "above");
        Assert.Equal(HttpStatusCode.NotImplemented, above.StatusCode);
    }
}
