using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>Who makes a move.</summary>
[Flags]
public enum Mover
{
    None = 0,
    /// <summary>A request of the account: an operation of its own (<see cref="Binding.Move"/>), or create, update or delete.</summary>
    Api = 1,
    /// <summary>The operator of the node, who decides.</summary>
    Operator = 2,
    /// <summary>The node, when the state has lasted for <see cref="Transition.After"/>.</summary>
    Timer = 4,
    /// <summary>Work that outlives requests.</summary>
    Job = 8,
}

/// <summary>
/// A row of a kind's state table. The account's trail and the kind's <see cref="ResourceKind.Work"/> call the change by the row's name.
/// Three names are those of requests: a new resource comes into the state of the row <see cref="Created"/>, and may be updated or deleted
/// only from the states of the rows <see cref="Updated"/> and <see cref="Deleted"/>; without such rows it is not bound by its state.
/// </summary>
/// <param name="From">States that allow it; empty allows all.</param>
/// <param name="To">The state afterwards.</param>
public sealed record Transition(string Name, IReadOnlyList<string> From, string To)
{
    public const string Created = "created", Updated = "updated", Deleted = "deleted";

    public Mover By { get; init; } = Mover.Api;
    /// <summary>The least role of a key of the account that makes it.</summary>
    public CallerRole Role { get; init; } = CallerRole.Member;
    /// <summary>How long the state lasts before the node makes this move, by its clock.</summary>
    public TimeSpan? After { get; init; }
    /// <summary>
    /// A timer makes it only for resources that name it (<see cref="ResourceKind.NextMove"/>), and at the time that was written with the
    /// state, which may be another than <see cref="After"/> says.
    /// </summary>
    public bool IsNamed { get; init; }
    /// <summary>Field that takes what the mover says; then something must be said.</summary>
    public string? Says { get; init; }
    /// <summary>Fields that the move sets; a null takes a field away.</summary>
    public JsonObject Sets { get; init; } = [];
    /// <summary>Code of the error when the state does not allow it; null takes that of <see cref="Fault.WrongState"/>.</summary>
    public string? Refusal { get; init; }

    internal bool LeadsFrom(string state) => From.Count == 0 || From.Contains(state);
}
