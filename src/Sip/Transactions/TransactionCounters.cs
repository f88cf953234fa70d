namespace Ringwright.Sip.Transactions;

/// <summary>What went by without anybody being told.</summary>
public sealed class TransactionCounters
{
    public long KeepAlives { get; internal set; }
    public long Malformed { get; internal set; }
    /// <summary>Responses that belong to no transaction of ours.</summary>
    public long StrayResponses { get; internal set; }
    public long Retransmissions { get; internal set; }
    public long MergedRequests { get; internal set; }
    public long Overloads { get; internal set; }
}
