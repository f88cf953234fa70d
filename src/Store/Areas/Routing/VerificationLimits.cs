namespace Ringwright.Store.Tables;

/// <summary>
/// What a verification by a call may be. A call is money of the account and a ringing phone at whoever is named:
/// the limits of a number count the calls of all accounts, so that no crowd of accounts can harass one person.
/// </summary>
public static class VerificationLimits
{
    public const int CodeDigits = 6;
    public const int WrongCodes = 3;
    public const int CallsToNumberAnHour = 3;
    public const int CallsToNumberADay = 5;
    public const int CallsOfTenantADay = 50;
    public static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);
    /// <summary>Between two calls to one number.</summary>
    public static readonly TimeSpan CallPause = TimeSpan.FromMinutes(1);
}
