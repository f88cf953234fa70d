using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Http;

/// <summary>Writes a table of bindings, one line per operation: <c>using static Ringwright.Http.Bind;</c>.</summary>
public static class Bind
{
    /// <summary>List, create, get, update or delete of <paramref name="kind"/>, as the operation's method and path say.</summary>
    public static Binding Crud(string operation, ResourceKind kind) => new Binding.Crud(operation, kind);

    /// <summary>The sub-document <paramref name="field"/> of a resource.</summary>
    public static Binding Part(string operation, ResourceKind kind, string field) => new Binding.Part(operation, kind, field);

    /// <summary>The row <paramref name="transition"/> of the kind's state table.</summary>
    public static Binding Move(string operation, ResourceKind kind, string transition) => new Binding.Move(operation, kind, transition);

    /// <summary>A command to the leg that the path names; <paramref name="map"/> is pure.</summary>
    public static Binding Act<TBody>(string operation, Func<TBody, LegCommand> map) =>
        new Binding.Act(operation, SubjectKind.Leg, async op => map(await op.ReadAsync<TBody>()));

    /// <summary>The same for a map that may refuse: it returns a command or a <see cref="Problem"/>.</summary>
    public static Binding Act<TBody>(string operation, Func<TBody, Mapped> map) =>
        new Binding.Act(operation, SubjectKind.Leg, async op => map(await op.ReadAsync<TBody>()));

    /// <summary>The same for a map that needs more than the body.</summary>
    public static Binding Act(string operation, Func<OperationContext, ValueTask<Mapped>> map) => Act(operation, SubjectKind.Leg, map);

    /// <summary>The same for a subject of another kind.</summary>
    public static Binding Act(string operation, SubjectKind kind, Func<OperationContext, ValueTask<Mapped>> map) =>
        new Binding.Act(operation, kind, map);

    public static Binding Handle(string operation, Func<OperationContext, ValueTask<Reply>> handler) =>
        new Binding.Handle(operation, handler);

    /// <inheritdoc cref="Binding.Upload"/>
    public static Binding Upload(string operation, long mostBytes, Func<OperationContext, Stream, ValueTask<Reply>> handler) =>
        new Binding.Upload(operation, mostBytes, handler);

    /// <inheritdoc cref="Binding.Download"/>
    public static Binding Download(string operation, Func<OperationContext, ValueTask<Reply>> handler) =>
        new Binding.Download(operation, handler);

    /// <inheritdoc cref="Binding.Socket"/>
    public static Binding Socket(string operation, int mostBytes, Func<OperationContext, MessageSocket, CancellationToken, Task> handler) =>
        new Binding.Socket(operation, mostBytes, handler);

    /// <summary>Answers <paramref name="catalogue"/> as the reply's data.</summary>
    public static Binding Fixed(string operation, JsonNode catalogue) => new Binding.Fixed(operation, catalogue);

    public static Binding Absent(string operation, string reason) => new Binding.Absent(operation, reason);
}
