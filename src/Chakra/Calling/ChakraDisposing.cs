using System.Text.Json.Nodes;
using Ringwright.Chakra.Clicks;
using Ringwright.Http;

namespace Ringwright.Chakra.Calling;

/// <summary>What an agent says of a call, once.</summary>
internal sealed class ChakraDisposing(ChakraCalls calls, ChakraConfig config)
{
    /// <summary>Member of the note that holds it.</summary>
    private const string Field = "disposition";

    public async ValueTask<Reply> Handle(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        var given = op.ReadObject();
        if (await calls.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } call) return op.Unknown("id");
        if (!await config.HasAsync(op.Tenant, (string)given[Field]!, op.Stop))          // required
            return op.Fail(ChakraCalls.Invalid(Field, "The team has no such disposition: GET /config lists them."));
        bool isWrong = (bool?)given["wrongNumber"] ?? false;
        return await calls.ChangeAsync(op, call, "disposed", note =>
        {
            if (note.DeletedAt is not null) return ChakraCalls.Gone;
            if (note.DisposedAt is not null) return new Problem("CONFLICT", "The call has a disposition already.");
            if (call.Leg is { } leg ? !ChakraStatus.IsTalk(leg) : !IsTalk(note))
                return new Problem("CONFLICT", "Nobody has talked on this call: it takes no disposition.");
            var at = note.At(op.Now);
            return at.Saying(new() { [Field] = given.DeepClone() }) with
            {
                DisposedAt = at.UpdatedAt,
                IsWrongNumber = isWrong,
                CallStatus = !note.IsLogged ? null : note.CallStatus is ChakraStatus.InProgress ? ChakraStatus.NotDisconnected
                    : isWrong ? ChakraStatus.WrongNumber : ChakraStatus.Completed,
            };
        });
    }

    /// <summary>A logged call that asks for it, or one whose legs are here and on which somebody talks or has talked.</summary>
    private static bool IsTalk(ChakraNote note) => note.CallStatus is ChakraStatus.NotDisposed
        || (ClickMerge.IsClick(note) && note.CallStatus is ChakraStatus.InProgress or ChakraStatus.Completed);

    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await calls.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } call) return op.Unknown("id");
        return call.Note is { } note && Show(note) is { } shown ? op.Ok((JsonNode)shown) : op.Unknown("id", "The call has no disposition.");
    }

    /// <summary>What was said; null before.</summary>
    public static JsonObject? Show(ChakraNote note)
    {
        if (note.DisposedAt is not { } at || note.Document[Field] is not JsonObject said) return null;
        var shown = said.DeepClone().AsObject();
        shown["wrongNumber"] = note.IsWrongNumber;
        shown["disposedAt"] = ChakraTime.Millis(at);
        return shown;
    }
}
