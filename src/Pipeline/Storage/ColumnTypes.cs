using System.Data;
using System.Globalization;
using CarrierOptimization.Engine.Units;
using Dapper;

namespace CarrierOptimization.Pipeline.Storage;

/// <summary>How the product's types stand in columns: times as milliseconds UTC, money as micro-units, ICCIDs and GUIDs as text.</summary>
internal static class ColumnTypes
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.AddTypeHandler(new TimeColumn());
        SqlMapper.AddTypeHandler(new MoneyColumn());
        SqlMapper.AddTypeHandler(new IccidColumn());
        SqlMapper.AddTypeHandler(new GuidColumn());
    }

    private sealed class TimeColumn : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(value, CultureInfo.InvariantCulture));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.ToUnixTimeMilliseconds();
        }
    }

    private sealed class MoneyColumn : SqlMapper.TypeHandler<Money>
    {
        public override Money Parse(object value) => new(Convert.ToInt64(value, CultureInfo.InvariantCulture));

        public override void SetValue(IDbDataParameter parameter, Money value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.MicroUnits;
        }
    }

    private sealed class IccidColumn : SqlMapper.TypeHandler<Iccid>
    {
        public override Iccid Parse(object value) => Iccid.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, Iccid value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = value.ToString();
        }
    }

    private sealed class GuidColumn : SqlMapper.TypeHandler<Guid>
    {
        public override Guid Parse(object value) => Guid.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, Guid value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = value.ToString();
        }
    }
}
