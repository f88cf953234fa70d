namespace Ringwright.Calls;

/// <summary>
/// Why a recording cannot be written, as a sentence for the customer whose it is: what the system says names our folders.
/// </summary>
public static class FileTrouble
{
    // errno: what the system gave a write that failed is the exception's HResult.
    private const int Permission = 1, InputOutput = 5, ReadOnly = 30, NoSpace = 28, QuotaUsed = 122;

    public static string Of(Exception why) => why switch
    {
        IOException { HResult: NoSpace or QuotaUsed } => "The disk for recordings is full.",
        IOException { HResult: ReadOnly } => "The disk for recordings can only be read.",
        IOException { HResult: InputOutput } => "The disk for recordings fails.",
        UnauthorizedAccessException or IOException { HResult: Permission } => "The folder for recordings may not be written.",
        IOException => "The folder for recordings cannot be written.",
        _ => "The recording could not be written.",
    };
}
