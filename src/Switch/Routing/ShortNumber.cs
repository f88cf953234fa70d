namespace Ringwright.Switch.Routing;

/// <summary>
/// Numbers that have no international form: emergency and service numbers. A route leads there only when its prefix names them.
/// </summary>
internal static class ShortNumber
{
    /// <summary>Also written as +1911: no other number is as short as that. No limit and no failure holds such a call back.</summary>
    public static bool IsEmergency(string text) => Is(text.TrimStart('+'));

    public static bool Is(string text) => text.Length is >= 2 and <= 6 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
