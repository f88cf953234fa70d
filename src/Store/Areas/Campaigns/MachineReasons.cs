namespace Ringwright.Store.Tables;

/// <summary>What programs say in <see cref="DialAttempt.AskedReason"/> of a call that a machine has answered.</summary>
public static class MachineReasons
{
    /// <summary>
    /// By a flow that finds out who has answered; by a campaign that says its message; by one that has left the machine a message.
    /// </summary>
    public const string Detected = "amd", Machine = "machine", Left = "message_left";

    internal const string All = $"'{Detected}', '{Machine}', '{Left}'";
}
