using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>The node serves no domain of an agency's, and says so.</summary>
public sealed class AgencyDomainTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_domain_of_an_agencys_own_is_refused_for_each_and_nothing_of_it_is_served_there()
    {
        // Case L02: there is no verified one, either.
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        await host.DoneAsync(200, host.OwnerA, "PUT", "/agency/branding", """{"product_name":"Zircon"}""");
        foreach (string token in new[] { host.OwnerA, host.OwnerB })
            await host.RefusedAsync(400, "validation_error", token, "PUT", "/agency/branding",
                """{"product_name":"Zircon","custom_domain":"calls.example.com"}""");
        foreach (string path in new[] { "/agency", "/" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = "calls.example.com";
            using var answer = await host.Node.Api.SendAsync(request, Stop);
            Assert.DoesNotContain("Zircon", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }
}
