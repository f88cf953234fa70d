namespace Ringwright.Campaigns.Carriers;

/// <summary>The way out by HTTP to carriers of texts, whose addresses are the operator's choice.</summary>
public interface ITextHttp
{
    /// <summary>Never throws for what the network or the carrier does; only when stopped.</summary>
    ValueTask<TextHttpAnswer> PostAsync(TextHttpAsk ask, CancellationToken stop);
}

/// <param name="Headers">Beside the kind of the body.</param>
public sealed record TextHttpAsk(string Url, string ContentType, ReadOnlyMemory<byte> Body,
    IReadOnlyList<KeyValuePair<string, string>> Headers, TimeSpan Timeout);

/// <param name="Status">Null when there was no answer.</param>
/// <param name="HasLeft">Something of the request may have reached the carrier.</param>
/// <param name="Trouble">One sentence when there was no answer.</param>
/// <param name="RetryAfter">What the carrier asks for; null where it asks for nothing.</param>
public sealed record TextHttpAnswer(int? Status, bool HasLeft, string? Trouble, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter);

/// <summary>What became of something that a carrier has sent by HTTP.</summary>
public enum HttpTextCome
{
    Done,
    /// <summary>No carrier, or not its secret.</summary>
    Unknown,
    /// <summary>It cannot be read, or nobody is to get it.</summary>
    Refused,
    /// <summary>It cannot be kept now: the carrier is to send it again.</summary>
    Later,
}
