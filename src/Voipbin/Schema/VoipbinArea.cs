using Ringwright.Store.Areas;
using Ringwright.Store.Migrations;

namespace Ringwright.Voipbin;

/// <summary>What this API has in the database for itself: indexes of its documents.</summary>
public static class VoipbinArea
{
    public static readonly StoreArea Area = new("voipbin") { Migrations = Migration.Embedded(typeof(VoipbinArea).Assembly, "Schema") };
}
