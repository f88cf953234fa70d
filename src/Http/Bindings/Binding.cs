using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>What answers an operation. Ten forms and no other; an operation that no table names is <see cref="Absent"/>.</summary>
public abstract record Binding
{
    private Binding(string operation) => Operation = operation;

    /// <summary>Operation id in the contract.</summary>
    public string Operation { get; }

    /// <summary>False for an honest 501.</summary>
    public bool IsReal => this is not Absent;

    /// <summary>List, create, get, update or delete of a plain resource; the operation's method and path say which.</summary>
    public sealed record Crud(string Operation, ResourceKind Kind) : Binding(Operation);

    /// <summary>One sub-document of a resource, or a singleton: get reads the field, put and patch write it, delete clears it.</summary>
    public sealed record Part(string Operation, ResourceKind Kind, string Field) : Binding(Operation);

    /// <summary>One named row of the kind's state table.</summary>
    public sealed record Move(string Operation, ResourceKind Kind, string Transition) : Binding(Operation);

    /// <summary>
    /// A command to a subject: a pure map from body to command; the pipeline finds the subject by its kind's <see cref="SubjectToken"/>,
    /// sends the command and turns the ack into the reply.
    /// </summary>
    public sealed record Act(string Operation, SubjectKind Kind, Func<OperationContext, ValueTask<Mapped>> Map) : Binding(Operation);

    /// <summary>Something happens in the world.</summary>
    public sealed record Handle(string Operation, Func<OperationContext, ValueTask<Reply>> Handler) : Binding(Operation);

    /// <summary>
    /// Something happens with a body that is read as it comes: its media type and its size are checked,
    /// and never more than a piece of it is in memory. Reading beyond <paramref name="MostBytes"/> throws, and the reply is the dialect's:
    /// the handler leaves nothing half-done behind it.
    /// </summary>
    public sealed record Upload(string Operation, long MostBytes, Func<OperationContext, Stream, ValueTask<Reply>> Handler)
        : Binding(Operation);

    /// <summary>A file (<see cref="OperationContext.File"/>), given whole, in ranges, or to HEAD its head alone.</summary>
    public sealed record Download(string Operation, Func<OperationContext, ValueTask<Reply>> Handler) : Binding(Operation);

    /// <summary>
    /// A web socket (RFC 6455), accepted when key and role are good, and open until the handler ends or either of them no longer is.
    /// </summary>
    /// <param name="MostBytes">Of one message that the other end sends.</param>
    public sealed record Socket(string Operation, int MostBytes, Func<OperationContext, MessageSocket, CancellationToken, Task> Handler)
        : Binding(Operation);

    /// <summary>A catalogue that does not change: the <c>data</c> of the reply.</summary>
    public sealed record Fixed(string Operation, JsonNode Catalogue) : Binding(Operation);

    /// <summary>Not there yet, or not offered; <paramref name="Reason"/> is a sentence for the customer.</summary>
    public sealed record Absent(string Operation, string Reason) : Binding(Operation);
}

/// <summary>What an <see cref="Binding.Act"/> maps a body to: a command, or the reasons why there is none.</summary>
public readonly struct Mapped
{
    private Mapped(SubjectCommand? command, IReadOnlyList<Problem> problems) => (Command, Problems) = (command, problems);

    public SubjectCommand? Command { get; }
    /// <summary>Empty when there is a command.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Called when the command was not carried out, for what was made ready for it; null where that is nothing.</summary>
    public Func<Refusal, ValueTask>? OnRefused { get; init; }

    /// <param name="problems">At least one.</param>
    public static Mapped Refused(IReadOnlyList<Problem> problems) => new(null, problems);

    public static implicit operator Mapped(SubjectCommand command) => new(command, []);
    public static implicit operator Mapped(Problem problem) => new(null, [problem]);
}
