using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>Operations that follow an <see cref="IdempotencyKey"/>, which newer clients send.</summary>
internal static class RequestKeys
{
    private const string Header = IdempotencyKey.Header;

    /// <param name="store">Asked for at each request: who only reads the table has none.</param>
    /// <param name="isPlain">A key is made of letters, digits, _ and - alone, as the contract has it of assistants; else 400.</param>
    public static Binding Once(string operation, Func<Database> store, Func<OperationContext, ValueTask<Reply>> handler,
        bool isPlain = false) => Bind.Handle(operation, op => OnceAsync(op, store, handler, isPlain));

    private static async ValueTask<Reply> OnceAsync(OperationContext op, Func<Database> store,
        Func<OperationContext, ValueTask<Reply>> handler, bool isPlain)
    {
        if (IdempotencyKey.Of(op) is not { } key) return await handler(op);
        if (FaultOf(key, isPlain) is { } fault) return op.Fail(fault);
        return await KeyedReplies.OnceAsync(op, store(), NamedUuid.Of($"{op.Tenant}\n{key}"), handler, OfAnother(),
            op.Dialect.Errors.Problem(Fault.Conflict, $"The first request of this {Header} is being done.") with
            {
                Status = 409,
                Parameter = Header,
            });
    }

    private static Problem? FaultOf(string key, bool isPlain)
    {
        if (!isPlain)
            return IdempotencyKey.FaultOf(key) is { } tooLong ? new(VoiceErrors.BadRequest, tooLong) { Parameter = Header } : null;
        return IdempotencyKey.FaultOf(key) is null && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? null
            : new(VoiceErrors.BadRequest, $"{Header} must have 1 to {IdempotencyKey.Longest} letters, digits, _ and -.")
            {
                Status = 400, Parameter = Header,
            };
    }

    /// <summary>The key stands for a request that said something else.</summary>
    public static Problem OfAnother() =>
        new(VoiceErrors.BadRequest, $"This {Header} was used for another request.") { Parameter = Header };
}
