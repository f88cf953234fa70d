namespace Ringwright.Calls;

/// <summary>What a SIP user may be called, whoever gives the name.</summary>
public static class SipUserName
{
    public const int Shortest = 4, Longest = 32;

    /// <summary>Names that are made for customers begin so; chosen ones may not.</summary>
    public const string GeneratedPrefix = "gencred";

    /// <param name="name">Of a length that is allowed.</param>
    /// <param name="isCallable">As a SIP URI, where a name that begins with a digit would be taken for a number.</param>
    /// <returns>What is wrong with it, behind the name of the field; null when nothing is.</returns>
    public static string? Fault(string name, bool isCallable)
    {
        if (!name.All(char.IsAsciiLetterOrDigit)) return "may hold only letters and digits.";
        if (name.StartsWith(GeneratedPrefix, StringComparison.OrdinalIgnoreCase))
            return $"may not begin with {GeneratedPrefix}: telephony credentials do.";
        return isCallable && name.Length > 0
            && char.IsAsciiDigit(name[0]) ? "must begin with a letter when it can be called as a SIP URI." : null;
    }
}
