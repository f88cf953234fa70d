using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Texml;

namespace Ringwright.Simulation;

/// <summary>A customer's web server as the node sees it: it answers some time later, with nonsense, with an error, or never.</summary>
internal sealed class SimDocuments(SimWorld world, Rng rng) : IEgress, IDocumentRecords
{
    public ValueTask<IReadOnlyList<KeyValuePair<string, string>>> SecretsAsync(TenantId account, CancellationToken stop) => new([]);

    public ValueTask<string?> FindTokenAsync(TenantId account, CancellationToken stop) => new(default(string));

    public ValueTask<(string Host, int Port)?> FindRecorderAsync(TenantId account, string name, CancellationToken stop) =>
        new(default((string, int)?));

    public ValueTask<int?> SizeOfQueueAsync(TenantId account, string queue, CancellationToken stop) => new((int?)null);

    public ValueTask<IReadOnlyList<LegId>> WaitingAsync(TenantId account, string queue, CancellationToken stop) => new([]);

    public ValueTask<(IReadOnlyList<LegId> Calls, int? MaxSize)> WaitingBesideAsync(TenantId account, LegId call, CancellationToken stop) =>
        new(([], null));

    public const string Root = "https://documents.example/";

    private readonly Dictionary<string, string> _pages = [];
    private readonly WorldClock _clock = new(world);

    /// <summary>Of all requests.</summary>
    public double Hangs { get; set; }
    /// <inheritdoc cref="Hangs"/>
    public double Breaks { get; set; }
    public TimeSpan Slowest { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Requests that nobody has answered or given up yet.</summary>
    public int UnderWay { get; private set; }

    public string Serve(string path, string verbs)
    {
        _pages[Root + path] = $"<Response>{verbs}</Response>";
        return Root + path;
    }

    public UrlVerdict CheckUrl(string url, TargetUse use) =>
        Uri.TryCreate(url, UriKind.Absolute, out _) ? UrlVerdict.Allowed : new(EgressFailure.BadUrl, "That is no URL.");

    public async ValueTask<EgressResult> SendAsync(EgressRequest request, CancellationToken stop)
    {
        UnderWay++;
        string url = request.Url.Split('?')[0];
        world.Log.Add(world.Now, "documents", $"{request.Method} {url}");
        try
        {
            bool hangs = rng.Chance(Hangs);
            await Task.Delay(hangs ? request.Timeout : Slowest * rng.NextDouble(), _clock, stop);
            if (hangs) return Failed(EgressFailure.TimedOut, "It hangs.", null);
            if (rng.Chance(Breaks)) return Failed(EgressFailure.HttpStatus, "The server answered 500.", 500);
            if (!_pages.TryGetValue(url, out string? page)) return Failed(EgressFailure.HttpStatus, "The server answered 404.", 404);
            byte[] bytes = Encoding.UTF8.GetBytes(page);
            // What a connection leaves that breaks in the middle.
            return new()
            {
                Failure = EgressFailure.None, Status = 200, Url = request.Url, ContentType = "text/xml",
                Body = rng.Chance(Breaks) ? bytes.AsMemory(0, rng.Next(bytes.Length)) : bytes
            };
        }
        finally
        {
            UnderWay--;
        }

        EgressResult Failed(EgressFailure why, string detail, int? status) =>
            new() { Failure = why, Detail = detail, Status = status, Url = request.Url };
    }
}
