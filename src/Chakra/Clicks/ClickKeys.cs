using System.Security.Cryptography;
using System.Text;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Chakra.Clicks;

/// <summary>A call that an <see cref="IdempotencyKey"/> has begun is answered for a day as it was, and nobody is rung again.</summary>
internal sealed class ClickKeys(Database store)
{
    private const string Header = IdempotencyKey.Header;

    public async ValueTask<Reply> OnceAsync(OperationContext op, Func<OperationContext, ValueTask<Reply>> handler)
    {
        if (IdempotencyKey.Of(op) is not { } key) return await handler(op);
        if (IdempotencyKey.FaultOf(key) is { } fault) return op.Fail(new Problem("INVALID", fault) { Parameter = Header });
        return await KeyedReplies.OnceAsync(op, store, IdOf(op, key), handler,
            Conflict($"This {Header} was used for another request."), Conflict($"The first request of this {Header} is being done."));
    }

    /// <summary>Keys of other APIs are others, also where they are written alike.</summary>
    private static Guid IdOf(OperationContext op, string key) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{op.Dialect.Name}\n{op.Tenant}\n{key}")).AsSpan(0, 16));

    private static Problem Conflict(string sentence) => new("CONFLICT", sentence) { Parameter = Header };
}
