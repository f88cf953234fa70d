using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// How often a key of this API may ask for calls in a minute: whoever has got hold of one does not place thousands before somebody sees it.
/// Each node counts for itself. Users and keys of the account have the account's own limits.
/// </summary>
internal sealed class DialPace
{
    private const int Most = 60;

    /// <summary>
    /// Operations that begin calls. Contacts that are added to a batch are called at its pace, however many requests bring them.
    /// </summary>
    public static readonly IReadOnlySet<string> Dialling =
        new HashSet<string> { "PlaceCall", "TestCallAgent", "CreateBatch", "ResumeBatch", "RetryFailed", "CallbackContact" };

    private readonly BruteForceLimiter _asked = new();

    public Func<OperationContext, ValueTask<Reply>> Kept(string operation, Func<OperationContext, ValueTask<Reply>> handler) =>
        Dialling.Contains(operation) ? op => Ask(op, handler) : handler;

    private ValueTask<Reply> Ask(OperationContext op, Func<OperationContext, ValueTask<Reply>> handler) =>
        !AgencyKeys.IsOfKey(op.Caller) || _asked.TryCount(op.Caller.KeyId, Most, op.Now) ? handler(op)
            : new(op.Fail(Fault.TooManyRequests, $"A key asks for calls {Most} times a minute at most.").With("Retry-After", "60"));
}
