using Ringwright.Store.Areas;
using Ringwright.Store.Migrations;

namespace Ringwright.Telnyx;

/// <summary>What this dialect has in the database for itself: indexes of its documents.</summary>
public static class TelnyxArea
{
    public static readonly StoreArea Area = new("telnyx") { Migrations = Migration.Embedded(typeof(TelnyxArea).Assembly, "Schema") };
}
