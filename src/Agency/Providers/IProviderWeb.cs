using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Agency.Providers;

/// <summary>The way out to a provider of voices, whose calls are read there, and to a carrier.</summary>
public interface IProviderWeb
{
    /// <summary>The same in the name of the account that has chosen the address: so many of its requests are under way at once.</summary>
    IProviderWeb Of(TenantId agency) => this;

    /// <summary>Never throws for what the network or the far end does; only when stopped. No redirect is followed.</summary>
    /// <param name="apiKey">Goes along, and is in no answer and in no log.</param>
    ValueTask<ProviderAnswer> GetAsync(string url, string apiKey, CancellationToken stop);

    /// <summary>The same of a carrier, or with a body.</summary>
    ValueTask<ProviderAnswer> SendAsync(ProviderRequest request, CancellationToken stop);
}

/// <param name="ApiKey">Goes along, and is in no answer and in no log.</param>
public sealed record ProviderRequest(string Method, string Url, string ApiKey)
{
    /// <summary>The key goes as <c>Authorization: Bearer</c>, as carriers want it; else as <c>X-API-Key</c>.</summary>
    public bool IsBearer { get; init; }
    public JsonObject? Body { get; init; }
}

/// <param name="Status">Null when none has come.</param>
/// <param name="Fault">Why the answer is not whole, as a word in snake case; null when it is, whatever its status.</param>
public sealed record ProviderAnswer(int? Status, string? Fault, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Fault is null && Status is >= 200 and < 300;

    /// <summary>As part of a sentence, and without what was asked or said.</summary>
    public string Why => Fault is { } word ? $"the provider gave no whole answer: {word}" : $"the provider answered {Status}";
}
