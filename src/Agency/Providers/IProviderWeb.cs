namespace Ringwright.Agency.Providers;

/// <summary>The way out to a provider of voices, whose calls are read there.</summary>
public interface IProviderWeb
{
    /// <summary>Never throws for what the network or the far end does; only when stopped. No redirect is followed.</summary>
    /// <param name="apiKey">Goes along, and is in no answer and in no log.</param>
    ValueTask<ProviderAnswer> GetAsync(string url, string apiKey, CancellationToken stop);
}

/// <param name="Status">Null when none has come.</param>
/// <param name="Fault">Why the answer is not whole, as a word in snake case; null when it is, whatever its status.</param>
public sealed record ProviderAnswer(int? Status, string? Fault, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Fault is null && Status is >= 200 and < 300;

    /// <summary>As part of a sentence, and without what was asked or said.</summary>
    public string Why => Fault is { } word ? $"the provider gave no whole answer: {word}" : $"the provider answered {Status}";
}
