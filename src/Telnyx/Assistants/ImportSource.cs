using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Telnyx.Inference;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Where other services are asked for assistants: the addresses of their APIs, without a slash at the end.</summary>
public sealed record ImportBases(string Vapi, string ElevenLabs, string Retell)
{
    /// <summary>One import of an account at a time, and few of all: what is read is in memory until it is written.</summary>
    internal ModelPlaces Places { get; } = new(most: 8, ofAccount: 1);
}

/// <summary>Another service, asked with the account's key there. After the first fault it is asked nothing more.</summary>
internal sealed class ImportSource(EgressClient egress, TenantId tenant, string baseUrl, KeyValuePair<string, string> key)
{
    /// <summary>Of one import: some services tell assistants and tools one by one.</summary>
    private const int MostRequests = 500;

    /// <summary>Of one answer, and of all of an import, which are in memory until it is written.</summary>
    private const int MostBytes = 4 * 1024 * 1024, MostOfImport = 16 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private int _asked, _read;

    /// <summary>Why it is of no use, as a sentence; null as long as it answers.</summary>
    public string? Fault { get; private set; }

    /// <param name="path">With the query.</param>
    /// <returns>Null where there is a fault.</returns>
    public async ValueTask<JsonNode?> GetAsync(string path, CancellationToken stop)
    {
        if (Fault is not null) return null;
        if (++_asked > MostRequests || _read > MostOfImport)
        {
            Fault = "There are too many assistants for one import: name some in import_ids.";
            return null;
        }
        var got = await egress.SendAsync(new()
        {
            Url = baseUrl + path, Use = TargetUse.Document, Headers = [key, new("Accept", "application/json")], Timeout = Patience,
            MaxBytes = MostBytes, Account = tenant,
        }, stop);
        _read += got.Body.Length;
        string status = got.Status is { } known ? $" {known}" : "";
        if (got.Status is 401 or 403) Fault = "The service does not take the key of api_key_ref.";
        else if (got.Status is 404) Fault = $"The service has nothing at {path}.";
        else if (!got.IsSuccess) Fault = $"The service cannot be asked: {SnakeName.Of(got.Failure)}{status}.";
        else if (Read(got.Body.Span) is { } node) return node;
        else Fault = "What the service answered is no JSON.";
        return null;
    }

    /// <summary>An id as a step of a path.</summary>
    public static string Step(string id) => Uri.EscapeDataString(id);

    private static JsonNode? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body, documentOptions: new() { AllowDuplicateProperties = false });
        }
        // JSON may escape half of a pair of surrogates, which is no name.
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
