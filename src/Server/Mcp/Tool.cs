using System.Text.Json.Nodes;

namespace Ringwright.Server.Mcp;

/// <summary>Something that a model may ask for.</summary>
internal sealed record Tool
{
    /// <summary>One to 64 letters, digits, underscores and hyphens.</summary>
    public required string Name { get; init; }
    /// <summary>For the model: what it does.</summary>
    public required string Says { get; init; }
    /// <summary>JSON Schema of an object: its arguments.</summary>
    public required JsonObject Arguments { get; init; }
    /// <summary>It changes nothing.</summary>
    public bool IsReading { get; init; }
    /// <summary>It takes something away.</summary>
    public bool IsRemoving { get; init; }
    public required Func<JsonObject, CancellationToken, Task<ToolAnswer>> Call { get; init; }
}

/// <param name="IsFault">It was refused, or could not be done; the text says why.</param>
internal sealed record ToolAnswer(string Text, bool IsFault)
{
    public static ToolAnswer Fault(string why) => new(why, IsFault: true);
}
