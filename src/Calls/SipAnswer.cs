namespace Ringwright.Calls;

/// <summary>What became of the INVITE of a call that went out.</summary>
/// <param name="CallId">Its Call-ID; of several that rang, of the one that was answered or failed last.</param>
/// <param name="Headers">Custom headers (X-…, User-to-User) of the final answer to it, in order; none where none came.</param>
public sealed record SipAnswer(string CallId, IReadOnlyList<CustomSipHeader> Headers);
