using Ringwright.Agency.Providers;
using Ringwright.Programs.Agents;

namespace Ringwright.Server.Modules;

/// <summary>Asks a provider of voices, within the bounds of what customers' addresses may name.</summary>
internal sealed class ProviderWeb(IAgentWeb web) : IProviderWeb
{
    private const int MostBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async ValueTask<ProviderAnswer> GetAsync(string url, string apiKey, CancellationToken stop)
    {
        var answer = await web.SendAsync(new(url, default)
        {
            Method = "GET", Headers = [new("x-api-key", apiKey)], Timeout = Patience, MaxBytes = MostBytes,
        }, stop);
        return new(answer.Status, answer.Fault, answer.Body);
    }
}
