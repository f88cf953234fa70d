using System.Text.Json.Nodes;

namespace Ringwright.Edge.Agency;

/// <summary>Hears an agency's stream of events.</summary>
internal sealed class AgencyListener(HttpResponseMessage response, StreamReader lines) : IDisposable
{
    /// <summary>The next event; null when the stream has ended.</summary>
    public async Task<(string Name, JsonObject Data)?> NextAsync()
    {
        string name = "";
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line["event: ".Length..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name, JsonNode.Parse(line["data: ".Length..])!.AsObject());
        }
        return null;
    }

    /// <summary>The first of this name of which that holds; others are passed over.</summary>
    public async Task<JsonObject> FirstAsync(string name, Func<JsonObject, bool> holds)
    {
        while (await NextAsync() is var (heard, data))
            if (heard == name && holds(data)) return data;
        throw new Xunit.Sdk.XunitException($"The stream ended before {name}.");
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
