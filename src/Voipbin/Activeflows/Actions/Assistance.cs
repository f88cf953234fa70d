namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>What actions of assistants have in common: which one it is, by its newer name or the older one.</summary>
internal static class Assistance
{
    public const string Id = "assistance_id", OldId = "ai_id";

    public static readonly IReadOnlyList<FlowOption> Options =
        [FlowOption.OneOf("assistance_type", "ai"), FlowOption.Id(Id), FlowOption.Id(OldId)];

    public static Guid? Of(FlowOptions options) => options.Id(Id) ?? options.Id(OldId);

    public static string? FaultOf(string type, FlowOptions options) => Of(options) is null ? $"{type} needs {Id}" : null;

    public static string? LackOf(FlowParts parts) => parts.Assistants is null ? "no language model thinks on this node" : null;
}
