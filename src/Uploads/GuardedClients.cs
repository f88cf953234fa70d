using System.Net;
using Amazon.Runtime;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Uploads;

/// <summary>
/// What the library sends its requests by: each connection is judged by the target policy, TLS is verified, answers are bounded.
/// </summary>
internal sealed class GuardedClients(EgressClient egress) : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client = new(new BoundedAnswers(egress.CreateHandler(TargetUse.Bucket))) { Timeout = Limits.Request };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public override string? GetConfigUniqueString(IClientConfig clientConfig) => null;

    public void Dispose() => _client.Dispose();

    /// <summary>The library reads what it gets to its end.</summary>
    private sealed class BoundedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The client's own time ends with the headers when the library reads the body by itself.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limits.Request);
            var answer = await base.SendAsync(request, limit.Token);
            try
            {
                await answer.Content.LoadIntoBufferAsync(Limits.AnswerBytes, limit.Token);
                return answer;
            }
            catch
            {
                // Nobody else has it: its connection would stay, with one of the node's places.
                answer.Dispose();
                throw;
            }
        }
    }
}
