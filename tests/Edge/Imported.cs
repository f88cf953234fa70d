using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Edge;

/// <summary>Numbers that accounts get.</summary>
internal static class Imported
{
    public static NewNumber Number(Number number, long id, DateTimeOffset at, string? country = null) =>
        new(number with { Country = country ?? number.Country }, id, at);
}
