using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Edge.Egress;

/// <summary>Hosts of URLs as people write them.</summary>
public sealed class HostNameTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The letters of a label are too many when they are written in ASCII; Uri takes it, and has no name for it.</summary>
    [Theory, InlineData("\u00FC", 62), InlineData("a", 70)]
    public async Task A_host_that_has_no_name_for_resolvers_is_no_URL(string letter, int count)
    {
        using var client = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        string url = $"https://{string.Concat(Enumerable.Repeat(letter, count))}\u00FC.example/hook";
        Assert.Equal(EgressFailure.BadUrl, client.CheckUrl(url, TargetUse.Webhook).Failure);
        Assert.Equal(EgressFailure.BadUrl, (await client.CheckUrlAsync(url, TargetUse.Webhook, Stop)).Failure);
        Assert.Equal(EgressFailure.BadUrl, (await client.SendAsync(new() { Url = url, Use = TargetUse.Webhook }, Stop)).Failure);
    }

    [Theory]
    [InlineData("https://b\u00FCcher.example/hook", EgressFailure.None)]
    [InlineData("https://xn--bcher-kva.example:443/", EgressFailure.None)]
    [InlineData("https://example.com./hook", EgressFailure.None), InlineData("https://[2001:4860:4860::8888]:443/hook", EgressFailure.None)]
    [InlineData("https://ann:secret@example.com/hook?a=#b", EgressFailure.None)]
    [InlineData("http://[::ffff:127.0.0.1]/", EgressFailure.Forbidden), InlineData("http://[64:ff9b::7f00:1]/", EgressFailure.Forbidden)]
    [InlineData("http://127.1/", EgressFailure.Forbidden), InlineData("http://[fe80::1]/", EgressFailure.Forbidden)]
    public void A_host_is_judged_however_it_is_written(string url, EgressFailure expected)
    {
        using var client = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        Assert.Equal(expected, client.CheckUrl(url, TargetUse.Webhook).Failure);
    }
}
