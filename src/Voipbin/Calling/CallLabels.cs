namespace Ringwright.Voipbin.Calling;

/// <summary>What this API keeps on a leg, beside what the engine knows of it.</summary>
public static class CallLabels
{
    /// <summary>The flow that commands the call from its answer on.</summary>
    public const string Flow = "voipbin.flow";
    public const string Activeflow = "voipbin.activeflow";
    /// <summary>The group of calls that it was placed with.</summary>
    public const string Group = "voipbin.groupcall";
    /// <summary>The call for whose sake it was placed.</summary>
    public const string Master = "voipbin.master";
    /// <summary>Ids of calls that end with it, with spaces between.</summary>
    public const string Chained = "voipbin.chained";
    /// <summary>Where the variables wait that its request has given to its flow.</summary>
    public const string Variables = "voipbin.variables";
    /// <summary>Of a recording: the flow that runs behind its end.</summary>
    public const string EndFlow = "voipbin.on_end_flow";
    /// <summary>Somebody has asked that it ends.</summary>
    public const string Ending = "voipbin.ending";
}
