using Ringwright.Store.Migrations;

namespace Ringwright.Store.Areas;

/// <summary>Codes that are sent to numbers, and are to come back from whoever has them.</summary>
internal static class CodesArea
{
    private const string Old = """
        delete from rw_sent_code where tenant_id = @tenant and id in (
            select id from rw_sent_code where tenant_id = @tenant and created_at < @before order by created_at, id limit @step)
        """;

    public static readonly StoreArea Area = new("codes")
    {
        BuildsOn = ["texts"],
        Migrations = Migration.OfArea("Codes"),
        Tables = [new("rw_sent_code") { LeftOut = "codes that were sent; they are over within an hour" }],
        Aged = [new("codes", Old) { Kept = retention => retention.Records }],
    };
}
