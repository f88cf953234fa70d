namespace Ringwright.Store.Tables;

/// <summary>
/// What sending codes may be. Each costs its account money and rings at somebody: the limits of a number, and of the hundred numbers that
/// it is one of, count what all accounts send, so that no crowd of accounts can harass one person or pump texts into numbers of its own.
/// </summary>
public static class CodeLimits
{
    public const int WrongCodes = 5;
    public const int ToNumberAnHour = 5;
    public const int ToNumberADay = 10;
    public const int OfTenantAMinute = 50;
    public const int ToBlockAnHour = 20;
    /// <summary>Of a hundred codes to a block; where as many come back, the block may have as many as it likes.</summary>
    public const int LeastAccepted = 10;
    /// <summary>Between two codes to one number.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    /// <summary>The digits at the end in which numbers of a block differ.</summary>
    public const int BlockDigits = 2;
}
