using System.Text.Json.Nodes;
using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>Finding numbers that nobody has, keeping and ordering them.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(NumberParts parts)
    {
        var comments = OrderComments.Kind(parts);
        var part = OrderKinds.PartKind with
        {
            Inclusions = new Dictionary<string, Func<OperationContext, IReadOnlyList<JsonObject>, ValueTask>>
            {
                [PartNumbers.Included] = (op, shown) => PartNumbers.AddAsync(op, parts, shown),
            },
        };
        return
        [
            Handle("ListAvailablePhoneNumbers", op => NumberSearch.Numbers(op, parts)),
            Handle("ListAvailablePhoneNumberBlocks", op => NumberSearch.Blocks(op, parts)),
            Handle("retreiveCountryCoverage", op => NumberCoverage.Countries(op, parts)),
            Handle("retreiveSpecificCountryCoverage", op => NumberCoverage.OneCountry(op, parts)),
            Handle("CreateInventoryCoverage", op => NumberCoverage.Inventory(op, parts)),
            Handle("PostNumbersFeatures", op => NumberCoverage.Features(op, parts)),

            Crud("ListNumberReservations", OrderKinds.ReservationKind),
            Handle("CreateNumberReservation", op => NumberReservations.Create(op, parts)),
            Crud("RetrieveNumberReservation", OrderKinds.ReservationKind),
            Handle("ExtendNumberReservationExpiryTime", op => NumberReservations.Extend(op, parts)),

            Crud("ListNumberOrders", OrderKinds.OrderKind),
            Handle("CreateNumberOrder", op => NumberOrders.Create(op, parts)),
            Crud("RetrieveNumberOrder", OrderKinds.OrderKind),
            Crud("UpdateNumberOrder", OrderKinds.OrderKind),
            Crud("ListSubNumberOrders", part),
            Handle("GetSubNumberOrder", op => NumberOrders.Part(op, parts)),
            Crud("UpdateSubNumberOrder", part),
            Handle("CancelSubNumberOrder", op => NumberOrders.Cancel(op, parts)),
            Crud("RetrieveOrderPhoneNumbers", OrderKinds.NumberKind),
            Crud("GetNumberOrderPhoneNumber", OrderKinds.NumberKind),
            Crud("UpdateNumberOrderPhoneNumber", OrderKinds.NumberKind),
            Handle("CreateSubNumberOrdersReport", op => OrderReports.Create(op, parts)),
            Handle("GetSubNumberOrdersReport", op => OrderReports.Get(op, parts)),
            Download("DownloadSubNumberOrdersReport", op => OrderReports.Download(op, parts)),
            Crud("ListNumberBlockOrders", OrderKinds.BlockKind),
            Handle("CreateNumberBlockOrder", op => BlockOrders.Create(op, parts)),
            Crud("RetrieveNumberBlockOrder", OrderKinds.BlockKind),
            Handle("ListPhoneNumberBlocksJobs", op => BlockJobs.List(op, parts)),
            Handle("CreatePhoneNumberBlockDeletionJob", op => BlockJobs.Create(op, parts)),
            Handle("GetPhoneNumberBlocksJob", op => BlockJobs.Get(op, parts)),
            Crud("ListComments", comments),
            Crud("CreateComment", comments),
            Crud("RetrieveComment", comments),
            Handle("MarkCommentRead", op => OrderComments.MarkRead(op, parts)),
        ];
    }
}
