using Ringwright.Store.Migrations;

namespace Ringwright.Store.Areas;

/// <summary>Who follows an account's events at the moment, and those that are kept for them.</summary>
internal static class StreamsArea
{
    public static readonly StoreArea Area = new("streams")
    {
        Migrations = Migration.OfArea("Streams"),
        Tables =
        [
            new("rw_listener") { Watched = [], LeftOut = "who follows events at the moment" },
            new("rw_stream_event") { LeftOut = "events that are kept for an hour for who follows them" },
        ],
    };
}
